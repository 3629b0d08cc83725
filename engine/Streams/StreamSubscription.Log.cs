using Microsoft.Extensions.Logging;

namespace ToolRuntime.Engine.Streams;

internal abstract partial class StreamSubscription<T>
{
    [LoggerMessage(501, LogLevel.Warning, "A subscriber of stream {Stream} failed on an item.")]
    protected static partial void LogObserverFailed(ILogger logger, StreamId stream, Exception exception);

    [LoggerMessage(502, LogLevel.Warning, "A subscriber of stream {Stream} is too slow; items are dropped.")]
    protected static partial void LogDropping(ILogger logger, StreamId stream);
}
