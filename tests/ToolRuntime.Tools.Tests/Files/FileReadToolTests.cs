using System.Text;
using System.Text.Json;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Files;

public sealed class FileReadToolTests : IDisposable
{
    private readonly ToolHost host = new(("Files:MaxResultBytes", "1024"), ("Files:MaxFileBytes", "4096"), ("Files:DefaultLines", "3"));

    public void Dispose() => host.Dispose();

    [Theory]
    [InlineData("", 0, 10, "", 0, 0, false)]
    [InlineData("a\nb\nc\n", 0, 10, "a\nb\nc\n", 3, 3, false)]
    [InlineData("a\nb\nc", 0, 10, "a\nb\nc", 3, 3, false)]
    [InlineData("a\nb\nc", 1, 1, "b\n", 1, 3, true)]
    [InlineData("a\nb\nc", 2, 1, "c", 1, 3, false)]
    [InlineData("a\nb\n", 2, 5, "", 0, 2, false)]
    [InlineData("a\n\n\n", 1, 5, "\n\n", 2, 3, false)]
    [InlineData("a\r\nb", 0, 1, "a\r\n", 1, 2, true)]
    public async Task Execute_Lines_AreThoseAskedFor(string text, int offset, int limit, string content, int lines, int total, bool truncated)
    {
        await WriteAsync(Encoding.UTF8.GetBytes(text));

        var result = await ReadAsync($$"""{"path":"f","offset":{{offset}},"limit":{{limit}}}""");

        Assert.Equal(content, result.GetProperty("content").GetString());
        Assert.Equal((lines, total), (result.GetProperty("lines").GetInt32(), result.GetProperty("totalLines").GetInt32()));
        Assert.Equal(truncated, result.GetProperty("truncated").GetBoolean());
        Assert.Equal(text.Length, result.GetProperty("bytes").GetInt32());
    }

    [Fact]
    public async Task Execute_NoLimit_TakesTheDefault()
    {
        await WriteAsync("1\n2\n3\n4\n"u8.ToArray());

        Assert.Equal("1\n2\n3\n", (await ReadAsync("""{"path":"f"}""")).GetProperty("content").GetString());
    }

    [Fact]
    public async Task Execute_MoreThanAResultHolds_IsCutBetweenCharacters()
    {
        await WriteAsync(Encoding.UTF8.GetBytes("x" + new string('é', 600) + "\nend"));

        var result = await ReadAsync("""{"path":"f"}""");

        Assert.Equal("x" + new string('é', 511), result.GetProperty("content").GetString());
        Assert.True(result.GetProperty("truncated").GetBoolean());
        Assert.Equal(2, result.GetProperty("totalLines").GetInt32());
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 2 })]
    [InlineData(new byte[] { 0xff, 0xfe, (byte)'a' })]
    public async Task Execute_Binary_ComesAsBase64(byte[] bytes)
    {
        await WriteAsync(bytes);

        var result = await ReadAsync("""{"path":"f"}""");

        Assert.Equal(bytes, result.GetProperty("base64").GetBytesFromBase64());
        Assert.False(result.TryGetProperty("content", out _));
    }

    [Fact]
    public async Task Execute_TooLarge_Fails()
    {
        await WriteAsync(new byte[4097]);

        Assert.Equal("too_large", (await host.RunAsync("file_read", """{"path":"f"}""")).Error!.Code);
    }

    private Task WriteAsync(byte[] bytes) => File.WriteAllBytesAsync(host.Folder.PathOf("f"), bytes);

    private async Task<JsonElement> ReadAsync(string arguments)
    {
        var result = await host.RunAsync("file_read", arguments);
        Assert.Null(result.Error);
        return result.Result.ToElement();
    }
}
