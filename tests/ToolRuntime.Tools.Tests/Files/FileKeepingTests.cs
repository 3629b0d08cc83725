using System.Text;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Files;

/// <summary>Replacing lines changes those lines and not a byte of the rest.</summary>
public sealed class FileKeepingTests : IDisposable
{
    private readonly ToolHost host = new();

    public void Dispose() => host.Dispose();

    [Theory]
    [InlineData("a\r\nb\nc\r\n", 2, 2, "x\ny", "a\r\nx\ny\nc\r\n")]
    [InlineData("a\r\nb\nc\r\n", 1, 2, "x\ny\nz", "x\r\ny\nz\nc\r\n")]
    [InlineData("a\nb\r\n", 2, 2, "x\r\ny\r\n", "a\nx\r\ny\r\n")]
    [InlineData("a\nb\r\n", 1, 1, "x\r\ny\r\n", "x\ny\nb\r\n")]
    [InlineData("a\r\nb\n", 2, 1, "x", "a\r\nx\r\nb\n")]
    [InlineData("a\r\nb\n", 1, 0, "x", "x\r\na\r\nb\n")]
    [InlineData("a\nb", 1, 1, "x", "x\nb")]
    [InlineData("a\r\nb", 2, 2, "x\ny", "a\r\nx\r\ny")]
    [InlineData("a\r\nb", 3, 2, "c", "a\r\nb\r\nc")]
    [InlineData("a\rb\nc\n", 2, 2, "x", "a\rb\nx\n")]
    [InlineData("a\nb\n", 1, 1, "\n", "\nb\n")]
    public async Task Execute_MixedLineEnds_KeepsEachLinesOwn(string before, int start, int end, string content, string after)
    {
        Assert.Equal(after, Encoding.UTF8.GetString(await ReplaceAsync(Encoding.UTF8.GetBytes(before), start, end, content)));
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    public async Task Execute_ByteOrderMark_StaysAndGivesTheEncoding(string name)
    {
        var encoding = Encoding.GetEncoding(name);

        var after = await ReplaceAsync([.. encoding.GetPreamble(), .. encoding.GetBytes("erste\r\nzweite €\n")], 1, 1, "größte");

        Assert.Equal([.. encoding.GetPreamble(), .. encoding.GetBytes("größte\r\nzweite €\n")], after);
    }

    [Fact]
    public async Task Execute_Latin1_StaysLatin1()
    {
        byte[] before = [(byte)'a', 0xE9, (byte)'\n', (byte)'b', (byte)'\n'];

        Assert.Equal([(byte)'a', 0xE9, (byte)'\n', 0xFC, (byte)'\n'], await ReplaceAsync(before, 2, 2, "ü"));
    }

    [Theory]
    [InlineData(new byte[] { 0x93, (byte)'x', 0x94, (byte)'\n', (byte)'b', (byte)'\n' })]
    [InlineData(new byte[] { 0x83, 0x65, (byte)'\n', (byte)'b', (byte)'\n' })]
    public async Task Execute_SomeEncodingOfBytes_TakesAsciiAndKeepsTheRest(byte[] before)
    {
        var after = await ReplaceAsync(before, 2, 2, "ascii");

        Assert.Equal([.. before[..^2], .. "ascii\n"u8], after);
    }

    [Theory]
    [InlineData(new byte[] { (byte)'a', 0xE9, (byte)'\n' }, "€", "ISO-8859-1")]
    [InlineData(new byte[] { 0x93, (byte)'x', 0x94, (byte)'\n' }, "é", "Windows-1252")]
    public async Task Execute_CharactersThatTheEncodingLacks_RefusesAndNamesIt(byte[] before, string content, string named)
    {
        await File.WriteAllBytesAsync(host.Folder.PathOf("f"), before);

        var error = (await RunAsync(1, 1, content)).Error!;

        Assert.Equal("not_encodable", error.Code);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(host.Folder.PathOf("f")));
    }

    [Theory]
    [InlineData(new byte[] { 1, 0xFF, (byte)'\n' }, "binary")]
    [InlineData(new byte[] { (byte)'a', 0, (byte)'\n', 0 }, "UTF-16")]
    [InlineData(new byte[] { 0xFF, 0xFE, (byte)'a' }, "UTF-16")]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF, 0xFF }, "UTF-8")]
    public async Task Execute_NoText_RefusesAndSaysWhatItFound(byte[] before, string named)
    {
        await File.WriteAllBytesAsync(host.Folder.PathOf("f"), before);

        var error = (await RunAsync(1, 1, "x")).Error!;

        Assert.Equal("not_text", error.Code);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_ByteOrderMark_IsNoPartOfTheFirstLine()
    {
        await File.WriteAllBytesAsync(host.Folder.PathOf("f"), [.. Encoding.UTF8.Preamble, .. "a\nb\n"u8]);

        Assert.Equal("a\nb\n", (await host.RunAsync("file_read", """{"path":"f"}""")).Result.ToElement().GetProperty("content").GetString());
    }

    private async Task<byte[]> ReplaceAsync(byte[] before, int start, int end, string content)
    {
        await File.WriteAllBytesAsync(host.Folder.PathOf("f"), before);
        Assert.Null((await RunAsync(start, end, content)).Error);
        return await File.ReadAllBytesAsync(host.Folder.PathOf("f"));
    }

    private Task<ToolResult> RunAsync(int start, int end, string content) =>
        host.RunAsync("file_replace_lines", $$"""{"path":"f","startLine":{{start}},"endLine":{{end}},"content":{{System.Text.Json.JsonSerializer.Serialize(content)}} }""");
}
