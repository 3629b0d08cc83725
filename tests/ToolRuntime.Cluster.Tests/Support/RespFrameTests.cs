using System.Text;

namespace ToolRuntime.Cluster.Tests.Support;

public sealed class RespFrameTests
{
    [Theory]
    [InlineData("+OK\r\n", false)]
    [InlineData(":5\r\n", false)]
    [InlineData("$-1\r\n", false)]
    [InlineData("$3\r\na\nb\r\n", false)]
    [InlineData("*2\r\n*1\r\n:1\r\n$0\r\n\r\n", false)]
    [InlineData("%1\r\n+a\r\n*-1\r\n", false)]
    [InlineData("*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n", false)]
    [InlineData("*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\nhi\r\n", true)]
    [InlineData(">3\r\n$8\r\nsmessage\r\n$1\r\nc\r\n$2\r\nhi\r\n", true)]
    public void Length_OfEachKind_IsKnownOnlyOnceItIsWhole(string frame, bool published)
    {
        var bytes = Encoding.UTF8.GetBytes(frame);
        for (var part = 0; part < bytes.Length; part++) Assert.Equal(0, RespFrame.LengthOf(bytes.AsSpan(0, part)));
        Assert.Equal(bytes.Length, RespFrame.LengthOf([.. bytes, .. "+next"u8]));
        Assert.Equal(published, RespFrame.IsPublished(bytes));
    }
}
