using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Files;

public sealed class FileReplaceLinesToolTests : IDisposable
{
    private readonly ToolHost host = new();

    public void Dispose() => host.Dispose();

    [Theory]
    [InlineData("a\nb\nc\n", 2, 2, "B", "a\nB\nc\n")]
    [InlineData("a\nb\nc\n", 1, 3, "x\ny\n", "x\ny\n")]
    [InlineData("a\nb\nc\n", 2, 2, "", "a\nc\n")]
    [InlineData("a\nb\n", 2, 1, "new", "a\nnew\nb\n")]
    [InlineData("a\nb\n", 3, 2, "new", "a\nb\nnew\n")]
    [InlineData("a\nb", 3, 2, "new", "a\nb\nnew")]
    [InlineData("a\nb", 2, 2, "B\n", "a\nB\n")]
    [InlineData("a\nb", 2, 2, "B", "a\nB")]
    [InlineData("a\r\nb\r\n", 1, 1, "x\ny", "x\r\ny\r\nb\r\n")]
    [InlineData("", 1, 0, "first", "first\n")]
    public async Task Execute_Range_IsReplaced(string before, int start, int end, string content, string after)
    {
        await File.WriteAllTextAsync(host.Folder.PathOf("f"), before);

        var result = await ReplaceAsync(start, end, content);

        Assert.Null(result.Error);
        Assert.Equal(after, await File.ReadAllTextAsync(host.Folder.PathOf("f")));
        Assert.Equal(end - start + 1, result.Result.ToElement().GetProperty("removed").GetInt32());
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(2, 4)]
    [InlineData(3, 1)]
    public async Task Execute_NoSuchLines_FailsAndChangesNothing(int start, int end)
    {
        await File.WriteAllTextAsync(host.Folder.PathOf("f"), "a\nb\nc\n");

        Assert.Equal("invalid_range", (await ReplaceAsync(start, end, "x")).Error!.Code);
        Assert.Equal("a\nb\nc\n", await File.ReadAllTextAsync(host.Folder.PathOf("f")));
    }

    [Fact]
    public async Task Execute_NoText_Fails()
    {
        await File.WriteAllBytesAsync(host.Folder.PathOf("f"), [(byte)'a', 0, 1]);

        Assert.Equal("not_text", (await ReplaceAsync(1, 1, "x")).Error!.Code);
    }

    [Fact]
    public async Task Execute_ManyAtOnce_LoseNothing()
    {
        await File.WriteAllTextAsync(host.Folder.PathOf("f"), "");

        var results = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(() => ReplaceAsync(1, 0, $"line {i}"))));

        Assert.All(results, result => Assert.Null(result.Error));
        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"line {i}").Order(), (await File.ReadAllLinesAsync(host.Folder.PathOf("f"))).Order());
        Assert.Equal(Idempotency.No, host.Tool("file_replace_lines").Descriptor.Idempotency);
    }

    private Task<ToolResult> ReplaceAsync(int start, int end, string content) =>
        host.RunAsync("file_replace_lines", $$"""{"path":"f","startLine":{{start}},"endLine":{{end}},"content":{{System.Text.Json.JsonSerializer.Serialize(content)}} }""");
}
