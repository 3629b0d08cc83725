using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.Gateway.Telemetry;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Http;

/// <summary>
/// A <c>text/event-stream</c> of a session's events: each with <c>id: epoch:seq</c>, a comment in silence, and at the end always an <c>event: end</c>
/// that says how it ended. Its closing cancels nothing.
/// </summary>
internal sealed class EventStream(HttpContext context, SessionTail tail, IFrameSource notices, DeliveryMetrics metrics, TimeSpan silence)
{
    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(1);
    private readonly bool checks = EventPosition.WantsCheck(context.Request);
    private readonly WireTap? wire = context.Features.Get<WireTap>();
    private int unsentEvents;

    /// <summary>Whether the client asks for a stream.</summary>
    public static bool IsWanted(HttpRequest request) => request.GetTypedHeaders().Accept.Any(type => type.MediaType == "text/event-stream" && type.Quality is not 0);

    /// <summary>Sends the headers, so that the client knows at once.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        Write($"retry: {Reconnect.TotalMilliseconds:0}\n\n");
        await FlushAsync(cancellationToken);
    }

    /// <summary>Sends a snapshot as the first thing.</summary>
    public void WriteSnapshot(SessionOpening opening, ReadOnlyMemory<byte> view)
    {
        var check = opening.Check is null ? "" : $"\"check\":\"{opening.Check}\",";
        Write($"event: snapshot\nid: {Id(opening.After, opening.Check)}\ndata: {{\"epoch\":\"{opening.Epoch}\",\"seq\":{opening.After},{check}\"view\":");
        WriteLines(view.Span);
        Write("}\n\n");
    }

    /// <summary>
    /// Sends what <paramref name="includes"/> lets through until an event ends the stream, the server stops, or the position is lost.
    /// <paramref name="endedBy"/> says how an event ends it, or null.
    /// </summary>
    public async Task RunAsync(Func<EncodedEvent, bool> includes, Func<EncodedEvent, string?> endedBy, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, context.RequestAborted);
        try
        {
            while (true)
            {
                WriteNotices();
                switch (await tail.NextAsync(silence, either.Token))
                {
                    case ReadOutcome.Lost:
                        await EndAsync("position_lost");
                        return;
                    case ReadOutcome.Nothing:
                        Write(":\n\n");
                        break;
                    case ReadOutcome.Skipped:
                        break;
                    default:
                        if (WriteFrame(includes, endedBy) is { } reason)
                        {
                            await EndAsync(reason);
                            return;
                        }

                        break;
                }

                if (!await FlushAsync(either.Token)) return;
            }
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            await EndAsync("going_away");
        }
        catch (OperationCanceledException)
        {
            // the client left
        }
    }

    private void WriteNotices()
    {
        while (notices.Take() is { } json)
        {
            Write("event: notice\ndata: ");
            WriteLines(json.Span);
            Write("\n\n");
        }
    }

    private string? WriteFrame(Func<EncodedEvent, bool> includes, Func<EncodedEvent, string?> endedBy)
    {
        foreach (var @event in tail.Frame.Events)
        {
            if (!includes(@event)) continue;
            Write($"id: {Id(@event.Seq, @event.Check)}\ndata: ");
            WriteLines(@event.Json.Span);
            Write("\n\n");
            unsentEvents++;
            wire?.Sent(@event.Json.Span);
            if (endedBy(@event) is { } reason) return reason;
        }

        tail.Frame.Clear();
        return null;
    }

    private string Id(long seq, string? check) => EventPosition.Format(tail.Epoch, seq, checks ? check : null);

    private async Task EndAsync(string reason)
    {
        Write($"event: end\ndata: {{\"reason\":\"{reason}\"}}\n\n");
        await FlushAsync(context.RequestAborted);
    }

    /// <summary>A line break, which JSON may have between its values, begins a new data line.</summary>
    private void WriteLines(ReadOnlySpan<byte> json)
    {
        for (var end = json.IndexOfAny((byte)'\n', (byte)'\r'); end >= 0; end = json.IndexOfAny((byte)'\n', (byte)'\r'))
        {
            context.Response.BodyWriter.Write(json[..end]);
            if (json[end] == '\n') Write("\ndata: ");
            json = json[(end + 1)..];
        }

        context.Response.BodyWriter.Write(json);
    }

    private void Write(string text) => Encoding.UTF8.GetBytes(text, context.Response.BodyWriter);

    /// <summary>False once the client has left.</summary>
    private async Task<bool> FlushAsync(CancellationToken cancellationToken)
    {
        metrics.ByStream(unsentEvents, context.Response.BodyWriter.UnflushedBytes);
        unsentEvents = 0;
        var flushed = await context.Response.BodyWriter.FlushAsync(cancellationToken);
        return !flushed.IsCompleted;
    }
}
