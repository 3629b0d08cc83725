using System.Net;
using System.Net.Sockets;
using ToolRuntime.Runners;

namespace ToolRuntime.Grains.Tests.Runners;

public sealed class ToolExceptionClassifierTests
{
    public static TheoryData<Exception, string, bool> Cases => new()
    {
        { new IOException("reset"), ToolErrorCodes.TransportFailed, true },
        { new SocketException((int)SocketError.ConnectionRefused), ToolErrorCodes.TransportFailed, true },
        { new TimeoutException("slow"), ToolErrorCodes.TransportFailed, true },
        { new HttpRequestException("no route"), ToolErrorCodes.TransportFailed, true },
        { new HttpRequestException("bad gateway", null, HttpStatusCode.BadGateway), ToolErrorCodes.TransportFailed, true },
        { new HttpRequestException("slow down", null, HttpStatusCode.TooManyRequests), ToolErrorCodes.TransportFailed, true },
        { new HttpRequestException("not found", null, HttpStatusCode.NotFound), ToolErrorCodes.ToolCrashed, false },
        { new TaskCanceledException("canceled", new TimeoutException("after 30 s")), ToolErrorCodes.TransportFailed, true },
        { new AggregateException(new IOException("reset")), ToolErrorCodes.TransportFailed, true },
        { new FileNotFoundException("no file"), ToolErrorCodes.ToolCrashed, false },
        { new DirectoryNotFoundException("no folder"), ToolErrorCodes.ToolCrashed, false },
        { new InvalidOperationException("Rate limit reached"), ToolErrorCodes.Temporary, true },
        { new InvalidOperationException("a temporary failure"), ToolErrorCodes.Temporary, true },
        { new InvalidOperationException("broken"), ToolErrorCodes.ToolCrashed, false },
        { new OperationCanceledException("by itself"), ToolErrorCodes.ToolCrashed, false },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Classify_Exception_GivesItsKind(Exception exception, string code, bool retryable)
    {
        var error = ToolExceptionClassifier.Classify(exception);

        Assert.Equal((code, retryable), (error.Code, error.Retryable));
        Assert.DoesNotContain(" at ", error.Message, StringComparison.Ordinal);
    }
}
