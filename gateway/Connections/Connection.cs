using System.Collections.Immutable;
using System.Net.WebSockets;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Notices;
using ToolRuntime.Gateway.Processes;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Telemetry;
using ToolRuntime.Gateway.Watching;
using ToolRuntime.Tracing;

namespace ToolRuntime.Gateway.Connections;

/// <summary>One WebSocket from welcome to close: reads commands, answers each exactly once, and lets its writer send.</summary>
internal sealed partial class Connection(WebSocket socket, Grant grant, ConnectionServices services) : IDisposable
{
    private readonly ConnectionReader reader = new(socket, services.Options);
    private readonly InvalidFrames invalid = new(services.Options.MaxInvalidFrames, services.Time);
    private readonly CancellationTokenSource ended = new();
    private readonly Lock telling = new();
    private ConnectionWriter? writer;
    private OpenNotices? notices;
    private SessionsReader? watching;
    private ProcessReader? processes;
    private WireTap? wire;
    private bool welcomed;

    public string Id { get; } = EntityId.New("conn");

    /// <summary>When it began.</summary>
    public DateTimeOffset Since { get; } = services.Time.Wall().GetUtcNow();

    /// <summary>Whose connection it is, by what it was last let in with.</summary>
    public Identity Identity => grant.Identity;

    /// <summary>Its leave to stay open.</summary>
    public Grant Grant => grant;

    public Outbox Outbox { get; } = new(services.Options.MaxUnanswered);

    public CommandOrder Order { get; } = new(services.Time, services.Peers.InCluster ? TimeSpan.Zero : CommandOrder.InProcess);

    public CommandTurns Turns { get; } = new();

    public ConnectionSessions Sessions { get; } = new(services.Feeds, services.Options.MaxSessions);

    /// <summary>Sends this connection's frames; there while it runs.</summary>
    public ConnectionWriter Writer => writer ?? throw new InvalidOperationException("The connection does not run.");

    /// <summary>Cancelled when the connection has ended.</summary>
    public CancellationToken Ended { get; private set; }

    /// <summary>Runs until either side closes or the socket breaks; never throws for what a peer does.</summary>
    public async Task RunAsync()
    {
        Ended = ended.Token;
        grant.Begin(Outbox.RequestClose);
        LogBegan(services.Logger, Id, Identity.Tenant, Identity.Subject);
        Outbox.Subject = Identity.Subject;
        Welcome();
        wire = services.Measures.Wire.Tap(Id, Identity);
        writer = new(socket, Outbox, services.Options, services.Measures.Delivery, services.Time, wire);
        FollowNotices();
        var reading = ReadAsync();
        var writing = writer.RunAsync(Ended);
        if (await Task.WhenAny(reading, writing) == reading && reading.IsCompletedSuccessfully) Outbox.RequestClose(CloseCode.Normal, "");
        var both = Task.WhenAll(reading, writing);
        if (!reading.IsFaulted && !writing.IsFaulted) await Task.WhenAny(both, Task.Delay(TimeSpan.FromMilliseconds(services.Options.CloseMs), services.Time, CancellationToken.None));
        await ended.CancelAsync();
        if (!WasTold(reading)) socket.Abort();
        await both.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Sessions.EndAsync();
        Watch(null);
        WatchProcesses(null);
        await notices!.DisposeAsync();
        services.Measures.Connections.Closed(Outbox.Close);
        LogEnd(both);
    }

    /// <summary>Says that there are other gateways than before.</summary>
    public void Tell(ImmutableArray<string> gateways)
    {
        lock (telling)
        {
            if (welcomed) Outbox.Signal(ServerFrames.Gateways(gateways));
        }
    }

    /// <summary>Other sessions are open than before.</summary>
    public void SessionsChanged() => notices?.Reader.Look();

    /// <summary>Watches sessions, in place of what it watched before; null: none any more.</summary>
    public void Watch(SessionsReader? reader)
    {
        var before = Interlocked.Exchange(ref watching, reader);
        Outbox.Replace(before, reader);
        if (before is not null) _ = before.DisposeAsync().AsTask();
        if (reader is null || !ended.IsCancellationRequested) return;
        watching = null;
        _ = reader.DisposeAsync().AsTask();
    }

    /// <summary>Watches processes, in place of those that it watched before; null: none any more.</summary>
    public void WatchProcesses(ProcessReader? reader)
    {
        var before = Interlocked.Exchange(ref processes, reader);
        Outbox.Replace(before, reader);
        before?.Dispose();
        if (reader is null || !ended.IsCancellationRequested) return;
        processes = null;
        reader.Dispose();
    }

    public void Dispose()
    {
        grant.Dispose();
        writer?.Dispose();
        Outbox.Dispose();
        ended.Dispose();
        socket.Dispose();
    }

    private void FollowNotices()
    {
        notices = services.Notices.Add(new(() => Identity, session => Sessions.Find(session)?.Epoch, Outbox.Wake));
        Outbox.Replace(null, notices.Reader);
    }

    /// <summary>What changes from here on is told after it.</summary>
    private void Welcome()
    {
        lock (telling)
        {
            Outbox.Signal(ServerFrames.Welcome(Id, Identity, services.Options, services.Peers.Urls));
            welcomed = true;
        }
    }

    private async Task ReadAsync()
    {
        while (Outbox.Close is null)
        {
            await Outbox.TakeSlotAsync(Ended);
            var received = await reader.ReceiveAsync(Ended);
            switch (received.Kind)
            {
                case ReceivedKind.Closed:
                    return;
                case ReceivedKind.Binary:
                    Outbox.RequestClose(CloseCode.ProtocolError, "binary message");
                    break;
                case ReceivedKind.Unreadable:
                    Outbox.RequestClose(CloseCode.TooLarge, "message too large");
                    break;
                default:
                    Take(received.Bytes);
                    break;
            }
        }

        await reader.DrainAsync(Ended);
    }

    private void Take(byte[] text)
    {
        wire?.Received(text);
        var readable = CommandEnvelope.TryRead(text, out var envelope, out var problem);
        if (text.Length > services.Options.MaxCommandBytes)
        {
            var limit = services.Options.MaxCommandBytes;
            Outbox.Answer(ServerFrames.Error(envelope.Id, new(ErrorCode.TooLarge, $"A command has at most {limit} bytes, this one has {text.Length}.")));
        }
        else if (readable)
        {
            _ = AnswerAsync(envelope);
        }
        else
        {
            Outbox.Answer(ServerFrames.Error(null, new(ErrorCode.InvalidFrame, problem!)));
        }

        if (!readable && invalid.Add()) Outbox.RequestClose(CloseCode.ProtocolError, "too many invalid frames");
    }

    private async Task AnswerAsync(CommandEnvelope envelope)
    {
        var began = services.Measures.Commands.Begin();
        CommandAnswer answer;
        try
        {
            answer = await services.Dispatcher.HandleAsync(this, envelope);
        }
        catch (Exception exception)
        {
            using var scope = LogScope.Begin(services.Logger, Identity.Key(envelope.Session ?? ""), envelope.TraceParent);
            if (!Ended.IsCancellationRequested) LogCommandFailed(services.Logger, Id, envelope.Type ?? "", exception);
            answer = CommandAnswer.Error(envelope.Id, ErrorMapper.ToRejection(exception));
        }

        services.Measures.Commands.End(began, envelope.Type, "websocket", answer.Refused);
        Outbox.Answer(answer.Json, answer.Written);
    }

    /// <summary>What is no WebSocket text (bytes that are no UTF-8, frames without a mask) has got its close frame, which an abort would lose.</summary>
    private static bool WasTold(Task reading) => reading.Exception?.InnerException is WebSocketException { WebSocketErrorCode: WebSocketError.Faulted };

    private void LogEnd(Task both)
    {
        var unexpected = both.Exception?.InnerExceptions.FirstOrDefault(exception => exception is not (WebSocketException or OperationCanceledException or IOException or ObjectDisposedException));
        if (unexpected is null) LogEnded(services.Logger, Id, Outbox.Close?.Reason ?? "socket lost");
        else LogFailed(services.Logger, Id, unexpected);
    }
}
