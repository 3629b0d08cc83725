using System.Text;
using ToolRuntime.Tools.Mcp.Messages;

namespace ToolRuntime.Tools.Tests.Mcp;

public sealed class ReadableMessageTests
{
    private const string Fine = """{"jsonrpc":"2.0","id":"call-1","result":{"text":"é"}}""";
    private const string Unreadable = """{"jsonrpc":"2.0","id":7,"error":{"code":-32700,"message":"The server\u0027s answer can\u0027t be read."}}""";

    [Theory]
    [InlineData(Fine)]
    [InlineData("")]
    [InlineData(" \t ")]
    [InlineData("hello")]
    [InlineData("""{"jsonrpc":"2.0","method":"x","params":{"id":7},"id":""")]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/progress","params":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":"\\ud83d \ud83d\ude00 \u00e9"}""")]
    public void Of_FineOrNobodysAnswer_StaysAsItIs(string message) => Assert.Null(ReadableMessage.Of(Encoding.UTF8.GetBytes(message)));

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":7}""")]
    [InlineData("""{"id":7,"result":{}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":7,"result":{"a":[1,""")]
    [InlineData("""{"result":{"a":01,"said":"\"id\":9"},"id": 7,"jsonrpc":"2.0"}""")]
    public void Of_AnswerThatCannotBeRead_IsAnErrorWithItsId(string message) => Assert.Equal(Unreadable, Text(Encoding.UTF8.GetBytes(message)));

    [Fact]
    public void Of_MarkOfTheByteOrder_IsLeftOut() => Assert.Equal(Fine, Text([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Fine)]));

    [Fact]
    public void Of_NoUtf8_IsReplaced() => Assert.Equal(Fine.Replace('é', '\ufffd'), Text(Encoding.Latin1.GetBytes(Fine)));

    private static string? Text(byte[] message) => ReadableMessage.Of(message) is { } readable ? Encoding.UTF8.GetString(readable) : null;
}
