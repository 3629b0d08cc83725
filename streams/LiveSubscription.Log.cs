using Microsoft.Extensions.Logging;

namespace ToolRuntime.Streams;

internal sealed partial class LiveSubscription<T>
{
    [LoggerMessage(1501, LogLevel.Warning, "A subscriber of {Stream} failed; it misses that item.")]
    private static partial void LogObserverFailed(ILogger logger, Exception exception, StreamId stream);

    [LoggerMessage(1502, LogLevel.Warning, "A subscriber of {Stream} is more than {Length} items behind and misses some.")]
    private static partial void LogDropping(ILogger logger, StreamId stream, int length);
}
