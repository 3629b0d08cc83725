using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text;

namespace ToolRuntime.Tools.Mcp.Messages;

/// <summary>
/// The messages of a server's event stream, made readable (<see cref="ReadableMessage"/>). Fails at one that is too long.
/// </summary>
internal sealed class MessageEvents : PulledStream
{
    private readonly BoundedStream source;
    private readonly IAsyncEnumerator<SseItem<string>> events;

    public MessageEvents(Stream inner, int maxMessage)
    {
        source = new(inner, maxMessage);
        events = SseParser.Create(source).EnumerateAsync().GetAsyncEnumerator();
    }

    protected override async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken cancellationToken)
    {
        // A cancelled read is always the end of this stream, so its token may reach the source from the side.
        source.Cancellation = cancellationToken;
        source.Restart();
        return await events.MoveNextAsync() ? Written(events.Current) : null;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) source.Dispose();
        base.Dispose(disposing);
    }

    private static byte[] Written(SseItem<string> item)
    {
        var text = new StringBuilder();
        if (item.EventId is { } id) text.Append(CultureInfo.InvariantCulture, $"id: {id}\n");
        if (item.ReconnectionInterval is { } interval)
        {
            text.Append(CultureInfo.InvariantCulture, $"retry: {(long)interval.TotalMilliseconds}\n");
        }

        if (item.EventType != SseParser.EventTypeDefault) text.Append(CultureInfo.InvariantCulture, $"event: {item.EventType}\n");
        var data = ReadableMessage.Of(Encoding.UTF8.GetBytes(item.Data)) is { } readable ? Encoding.UTF8.GetString(readable) : item.Data;
        foreach (var line in data.Split('\n')) text.Append(CultureInfo.InvariantCulture, $"data: {line}\n");
        return Encoding.UTF8.GetBytes(text.Append('\n').ToString());
    }
}
