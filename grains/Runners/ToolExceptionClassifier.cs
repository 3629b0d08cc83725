using System.Net;
using System.Net.Sockets;
using ToolRuntime.Blobs;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Runners;

/// <summary>What an exception out of a tool means. The one place that decides.</summary>
internal static class ToolExceptionClassifier
{
    private static readonly string[] TemporaryWords = ["rate limit", "too many requests", "temporary", "temporarily"];

    /// <summary>The error to report; the message is the exception's, never its stack.</summary>
    public static ToolError Classify(Exception exception)
    {
        var e = Unwrap(exception);
        if (e is WorkspaceStoreException store) return new(ToolErrorCodes.WorkspaceUnavailable, e.Message, store.Fault is WorkspaceFault.Unavailable or WorkspaceFault.Taken);
        if (e is BlobStoreException blobs) return new(ToolErrorCodes.BlobUnavailable, e.Message, blobs.Retryable);
        if (IsTransport(e)) return new(ToolErrorCodes.TransportFailed, e.Message, Retryable: true);

        var temporary = TemporaryWords.Any(word => e.Message.Contains(word, StringComparison.OrdinalIgnoreCase));
        return temporary ? new(ToolErrorCodes.Temporary, e.Message, Retryable: true) : new(ToolErrorCodes.ToolCrashed, e.Message);
    }

    private static Exception Unwrap(Exception e) => e switch
    {
        AggregateException { InnerExceptions: [var only] } => Unwrap(only),
        // HttpClient reports its time-out as a cancellation.
        OperationCanceledException { InnerException: TimeoutException timeout } => timeout,
        _ => e,
    };

    private static bool IsTransport(Exception e) => e switch
    {
        // A server that answered with a refusal was reached.
        HttpRequestException { StatusCode: { } status } =>
            status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500,
        // These are about files, not about a way to somewhere.
        FileNotFoundException or DirectoryNotFoundException or PathTooLongException or DriveNotFoundException or FileLoadException => false,
        IOException or HttpRequestException or TimeoutException or SocketException => true,
        _ => false,
    };
}
