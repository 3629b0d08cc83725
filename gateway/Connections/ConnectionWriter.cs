using System.Net.WebSockets;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.Gateway.Telemetry;

namespace ToolRuntime.Gateway.Connections;

/// <summary>
/// The only one who writes to a connection's socket. It sends what the outbox holds, then one frame of each session that has something after its
/// cursor, and awaits the socket each time: a peer that does not read holds this loop up and nothing else.
/// </summary>
internal sealed class ConnectionWriter : IDisposable
{
    private const int MaxLastFrames = 64;

    private readonly WebSocket socket;
    private readonly Outbox outbox;
    private readonly ConnectionOptions options;
    private readonly DeliveryMetrics metrics;
    private readonly TimeProvider time;
    private readonly WireTap? wire;
    private readonly List<SessionReader> readers = [];
    private readonly ReaderFrame frame = new();
    private readonly FrameBuffer buffer = new();
    private readonly ITimer heartbeat;
    private readonly ITimer alarm;
    private long sendingSince;
    private int heartbeatDue;

    public ConnectionWriter(WebSocket socket, Outbox outbox, ConnectionOptions options, DeliveryMetrics metrics, TimeProvider time, WireTap? wire = null)
    {
        (this.socket, this.outbox, this.options, this.metrics, this.time, this.wire) = (socket, outbox, options, metrics, time, wire);
        var period = TimeSpan.FromMilliseconds(options.HeartbeatMs);
        heartbeat = time.CreateTimer(_ => OnHeartbeat(), null, period * Random.Shared.NextDouble(), period);
        alarm = time.CreateTimer(_ => outbox.Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Begins to send a session's events, instead of an earlier reader's. To be called on the writer: from what runs after an answer is sent.</summary>
    public void Activate(SessionReader reader)
    {
        Deactivate(reader.Name);
        readers.Add(reader);
    }

    /// <summary>Stops sending what a reader of that name reads; on the writer, too.</summary>
    public void Deactivate(string name) => readers.RemoveAll(reader => reader.Name == name);

    /// <summary>Writes until somebody asks to close, then sends the close frame.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var busy = await WriteOutboxAsync(cancellationToken);
            if (outbox.Close is { } close)
            {
                if (close.Code == CloseCode.GoingAway) await WriteLastEventsAsync(cancellationToken);
                await WriteOutboxAsync(cancellationToken);
                await CloseAsync(close, cancellationToken);
                return;
            }

            busy |= await WriteSourcesAsync(cancellationToken);
            busy |= await WriteEventsAsync(cancellationToken);
            busy |= await WriteHeartbeatAsync(cancellationToken);
            if (busy) continue;
            buffer.Release();
            frame.Shrink();
            await outbox.WaitAsync(cancellationToken);
        }
    }

    public void Dispose()
    {
        heartbeat.Dispose();
        alarm.Dispose();
        buffer.Dispose();
    }

    private async ValueTask<bool> WriteOutboxAsync(CancellationToken cancellationToken)
    {
        var wrote = false;
        while (outbox.TryTake(out var frame))
        {
            await SendAsync(frame.Json, cancellationToken);
            outbox.Written(frame);
            wrote = true;
        }

        return wrote;
    }

    /// <summary>At most one frame of each, so that events have their turn.</summary>
    private async ValueTask<bool> WriteSourcesAsync(CancellationToken cancellationToken)
    {
        var wrote = false;
        foreach (var source in outbox.Sources)
        {
            if (source.Take() is not { } json) continue;
            await SendAsync(json, cancellationToken);
            wrote = true;
        }

        return wrote;
    }

    private async ValueTask<bool> WriteEventsAsync(CancellationToken cancellationToken)
    {
        var busy = false;
        var wait = TimeSpan.MaxValue;
        foreach (var reader in readers)
        {
            switch (await reader.ReadAsync(frame, options.EventFrameBytes, cancellationToken))
            {
                case ReadOutcome.Frame:
                    await SendEventsAsync(reader, cancellationToken);
                    busy = true;
                    break;
                case ReadOutcome.Skipped:
                    busy = true;
                    break;
                case ReadOutcome.Later:
                    wait = reader.Wait < wait ? reader.Wait : wait;
                    break;
                case ReadOutcome.Lost:
                    outbox.RequestClose(CloseCode.PositionLost, "position lost");
                    return true;
            }
        }

        if (wait < TimeSpan.MaxValue) alarm.Change(wait + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        return busy;
    }

    /// <summary>What there is already need not be fetched from the next server.</summary>
    private async ValueTask WriteLastEventsAsync(CancellationToken cancellationToken)
    {
        for (var frames = 0; frames < MaxLastFrames && await WriteEventsAsync(cancellationToken); frames++)
        {
        }
    }

    private async ValueTask<bool> WriteHeartbeatAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref heartbeatDue, 0) == 0) return false;
        readers.RemoveAll(reader => reader.IsClosed);
        foreach (var reader in readers)
        {
            if (reader.TryCatchUp(frame)) await SendEventsAsync(reader, cancellationToken);
        }

        await SendAsync(ServerFrames.Head(readers.Where(reader => reader.Execution is null).Select(reader => (reader.Key.Session, reader.Epoch, reader.Sent))), cancellationToken);
        return true;
    }

    private async ValueTask SendEventsAsync(SessionReader reader, CancellationToken cancellationToken)
    {
        buffer.Clear();
        EventFrames.Write(buffer, reader.FramePrefix, frame);
        var (count, end) = (frame.Events.Count, buffer.Written);
        if (frame is { IsLive: true, Events: [.., var newest] }) metrics.Delivered(newest.Json.Span, time.Wall().GetUtcNow(), bySocket: true);
        frame.Clear(); // a peer that does not read must not hold events
        await SendAsync(end, cancellationToken, count);
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken, int events = 0)
    {
        Volatile.Write(ref sendingSince, time.GetTimestamp());
        await socket.SendAsync(json, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        Volatile.Write(ref sendingSince, 0);
        metrics.BySocket(events, json.Length);
        wire?.Sent(json.Span);
    }

    private async Task CloseAsync(CloseRequest close, CancellationToken cancellationToken)
    {
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived) await socket.CloseOutputAsync((WebSocketCloseStatus)close.Code, close.Reason, cancellationToken);
    }

    private void OnHeartbeat()
    {
        var since = Volatile.Read(ref sendingSince);
        if (since != 0 && time.GetElapsedTime(since).TotalMilliseconds > options.SilenceMs) socket.Abort();
        Volatile.Write(ref heartbeatDue, 1);
        outbox.Wake();
    }
}
