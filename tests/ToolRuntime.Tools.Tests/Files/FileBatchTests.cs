using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Files;

/// <summary>Whoever makes several replacements at once counts lines as they were before the first.</summary>
public sealed class FileBatchTests : IDisposable
{
    private readonly ToolHost host = new();

    public FileBatchTests() => File.WriteAllText(File1, "1\n2\n3\n4\n5\n6\n");

    private string File1 => host.Folder.PathOf("f");

    public void Dispose() => host.Dispose();

    [Theory]
    [InlineData("1 1 a|a|a;4 4 d", "a\na\na\n2\n3\nd\n5\n6\n")]
    [InlineData("4 4 d;1 1 a|a|a", "a\na\na\n2\n3\nd\n5\n6\n")]
    [InlineData("1 3 ;4 4 d", "d\n5\n6\n")]
    [InlineData("2 1 x;2 1 y;2 2 b", "1\nx\ny\nb\n3\n4\n5\n6\n")]
    [InlineData("2 2 b;2 1 x", "1\nx\nb\n3\n4\n5\n6\n")]
    [InlineData("2 3 b;4 3 x;6 6 f", "1\nb\nx\n4\n5\nf\n")]
    [InlineData("7 6 g|h;6 6 ;1 1 ", "2\n3\n4\n5\ng\nh\n")]
    public async Task Execute_SameBatch_MeansTheNumbersAtItsStart(string calls, string after)
    {
        foreach (var call in calls.Split(';')) Assert.Null((await ReplaceAsync(call)).Error);

        Assert.Equal(after, await File.ReadAllTextAsync(File1));
    }

    [Theory]
    [InlineData("2 4 x", "3 3 y")]
    [InlineData("2 4 x", "4 6 y")]
    [InlineData("2 4 x", "3 2 y")]
    [InlineData("3 2 x", "2 3 y")]
    public async Task Execute_SameBatchSameLines_IsRefused(string first, string second)
    {
        await ReplaceAsync(first);
        var before = await File.ReadAllTextAsync(File1);

        Assert.Equal("lines_changed", (await ReplaceAsync(second)).Error!.Code);
        Assert.Equal(before, await File.ReadAllTextAsync(File1));
    }

    [Fact]
    public async Task Execute_SameBatch_RangeIsThatOfTheStart()
    {
        await ReplaceAsync("1 5 x");

        Assert.Null((await ReplaceAsync("6 6 f")).Error);
        Assert.Equal("invalid_range", (await ReplaceAsync("8 8 h")).Error!.Code);
    }

    [Fact]
    public async Task Execute_NextBatch_CountsAnew()
    {
        await ReplaceAsync("1 1 a|a|a");
        host.Context = new(host.Folder.Workspace) { BatchId = "b2" };

        await ReplaceAsync("4 4 x");

        Assert.Equal("a\na\na\nx\n3\n4\n5\n6\n", await File.ReadAllTextAsync(File1));
    }

    [Fact]
    public async Task Execute_SomebodyElseWroteMeanwhile_IsRefusedUnlessTheLinesAreAsExpected()
    {
        await ReplaceAsync("1 1 a|a");
        await File.WriteAllTextAsync(File1, "0\na\na\n2\n3\n4\n5\n6\n");

        Assert.Equal("lines_changed", (await ReplaceAsync("4 4 d")).Error!.Code);
        Assert.Equal("lines_changed", (await ReplaceAsync("4 4 d", "4")).Error!.Code);
        Assert.Null((await ReplaceAsync("4 4 d", "3")).Error);
    }

    [Theory]
    [InlineData("2\n3")]
    [InlineData("2\n3\n")]
    [InlineData("2\r\n3\r\n")]
    public async Task Execute_ExpectedLines_AreReplaced(string expected)
    {
        Assert.Null((await ReplaceAsync("2 3 x", expected)).Error);
        Assert.Equal("1\nx\n4\n5\n6\n", await File.ReadAllTextAsync(File1));
    }

    [Theory]
    [InlineData("2 3 x", "2\n4")]
    [InlineData("2 3 x", "2")]
    [InlineData("2 3 x", "sha256:0123456789abcdef")]
    [InlineData("2 1 x", "2")]
    public async Task Execute_OtherLinesThanExpected_RefusesAndShowsThem(string call, string expected)
    {
        var error = (await ReplaceAsync(call, expected)).Error!;

        Assert.Equal("lines_changed", error.Code);
        Assert.EndsWith(call.StartsWith("2 3", StringComparison.Ordinal) ? "now:\n2\n3\n" : "now:\n", error.Message, StringComparison.Ordinal);
        Assert.Equal("1\n2\n3\n4\n5\n6\n", await File.ReadAllTextAsync(File1));
    }

    [Fact]
    public async Task Execute_HashOfTheLines_IsThatOfFileRead()
    {
        var hash = await HashAsync("""{"path":"f","offset":1,"limit":2}""");

        Assert.Equal("lines_changed", (await ReplaceAsync("3 4 x", hash)).Error!.Code);
        Assert.Null((await ReplaceAsync("2 3 x", hash)).Error);
    }

    [Fact]
    public async Task Execute_HashOfTheFile_HoldsForAllOfTheBatchAndNoLonger()
    {
        var hash = await HashAsync("""{"path":"f"}""");

        Assert.Null((await ReplaceAsync("2 3 x", hash)).Error);
        Assert.Null((await ReplaceAsync("5 5 y", hash)).Error);
        host.Context = new(host.Folder.Workspace) { BatchId = "b2" };
        Assert.Equal("lines_changed", (await ReplaceAsync("1 1 z", hash)).Error!.Code);
    }

    private async Task<string> HashAsync(string arguments) => (await host.RunAsync("file_read", arguments)).Result.ToElement().GetProperty("hash").GetString()!;

    /// <summary>A call as <c>start end content</c>, with <c>|</c> between lines.</summary>
    private Task<ToolResult> ReplaceAsync(string call, string? expected = null)
    {
        var parts = call.Split(' ', 3);
        var arguments = JsonText.Object(json =>
        {
            json.WriteString("path", "f");
            json.WriteNumber("startLine", int.Parse(parts[0], null));
            json.WriteNumber("endLine", int.Parse(parts[1], null));
            json.WriteString("content", parts[2].Replace('|', '\n'));
            if (expected is not null) json.WriteString("expected", expected);
        });
        return host.RunAsync("file_replace_lines", arguments.Json);
    }
}
