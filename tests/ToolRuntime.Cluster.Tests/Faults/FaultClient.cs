using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using ToolRuntime.Cluster.Tests.Support;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.Cluster.Tests.Faults;

/// <summary>
/// A client of one session that goes on by its cursor, at whichever gateway takes it, and has each command answered, however often it must be sent. One without work
/// only looks on.
/// </summary>
internal sealed class FaultClient(ProxiedCluster cluster, string session, int gateway, FaultWork? work, Rollbacks rollbacks) : IAsyncDisposable
{
    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(3), AnswerWithin = TimeSpan.FromSeconds(20), Pause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource ended = new();
    private readonly List<(JsonObject Command, JsonElement Ack, int Life)> acked = [];
    private readonly List<SessionRecord> lives = [];
    private JsonObject? pending;
    private int at = gateway;
    private int settled;
    private volatile bool finishing;
    private volatile SessionRecord record = new(session);
    private Task running = Task.CompletedTask;
    private volatile ProtocolClient? connection;

    public string Session => session;

    /// <summary>What it has seen since it was last told that its position is lost.</summary>
    public SessionRecord Record => record;

    /// <summary>What it had seen before each time it was told so.</summary>
    public IReadOnlyList<SessionRecord> Lives => lives;

    /// <summary>Commands that were answered, with how often the position had been lost by then.</summary>
    public IReadOnlyList<(JsonObject Command, JsonElement Ack, int Life)> Acked => acked;

    /// <summary>The gateway that it is connected to, or tries next.</summary>
    public int Gateway => at;

    /// <summary>When it was last taken by a gateway, on <see cref="Stopwatch"/>'s clock.</summary>
    public long OpenedAt { get; private set; }

    public void Start() => running = RunAsync();

    /// <summary>Breaks its connection.</summary>
    public void Break() => connection?.Break();

    /// <summary>No further commands; completes when all were answered and nothing of the session is open.</summary>
    public async Task FinishAsync()
    {
        finishing = true;
        await UntilAsync(() => pending is null && record.Ledger.Idle, "all is answered and ended");
    }

    /// <summary>Waits until some more has happened.</summary>
    public async Task GetOnAsync(int events)
    {
        var (life, from) = (record, record.Cursor);
        await UntilAsync(() => record != life || record.Cursor >= from + events, $"{events} events after {from}");
    }

    /// <summary>Waits until it has seen what another one has, and that what it has.</summary>
    public Task ReachAsync(SessionRecord other) => UntilAsync(() => record.Cursor > 0 && record.Cursor == other.Cursor, $"all of {other.Cursor}, as another reader");

    /// <summary>Fails if anything was wrong so far.</summary>
    public void Verify()
    {
        if (running.IsFaulted) running.GetAwaiter().GetResult();
        record.Verify();
    }

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        Break();
        try
        {
            await running.WaitAsync(Limits.Timeout);
        }
        catch (Exception e) when (e is not TimeoutException)
        {
            // It was told by Verify.
        }

        ended.Dispose();
    }

    private async Task UntilAsync(Func<bool> holds, string what)
    {
        await Limits.UntilAsync(
            () =>
            {
                Verify();
                return record.Read(holds);
            },
            () => $"{session}: {what}. At gateway {at}, {(connection is null ? "not connected" : "connected")}, waiting for the answer of {pending}. "
                + $"The last of its events:\n{string.Join('\n', record.Events.TakeLast(25))}");
    }

    private async Task RunAsync()
    {
        while (!ended.IsCancellationRequested)
        {
            try
            {
                await ConnectAsync();
            }
            catch (Exception e) when (e is WebSocketException or TimeoutException or HttpRequestException or OperationCanceledException or IOException || IsTemporary(e))
            {
                at = (at + 1) % cluster.Gateways.Count;
                await Task.Delay(Pause);
            }
        }
    }

    /// <summary>Until the connection is lost.</summary>
    private async Task ConnectAsync()
    {
        await using var client = await ProtocolClient.ConnectAsync(cluster.Gateways[at].Url, ConnectWithin);
        connection = client;
        try
        {
            await OpenAsync(client);
            OpenedAt = Stopwatch.GetTimestamp();
            while (work is not null && !ended.IsCancellationRequested)
            {
                pending ??= finishing ? null : await NextAsync(client);
                if (pending is null) break;
                if (await AnsweredAsync(client, pending) is { } ack)
                {
                    acked.Add((pending, ack, lives.Count));
                    pending = null;
                }
            }

            await client.Ended;
        }
        finally
        {
            connection = null;
        }

        at = (at + 1) % cluster.Gateways.Count;
    }

    private async Task OpenAsync(ProtocolClient client)
    {
        while (true)
        {
            var over = rollbacks.Over;
            record.MayBeLost = () => rollbacks.Begun > settled;
            await client.OpenAsync(record).WaitAsync(AnswerWithin);
            settled = over;
            if (!record.Lost) return;
            // The store went back: what is there now is read from its beginning.
            await client.SendAsync(Command.Of("session.close", session)).WaitAsync(AnswerWithin);
            lives.Add(record);
            record = new(session);
        }
    }

    /// <summary>The next command once the last is seen and little is open; null when the connection was lost before.</summary>
    private async Task<JsonObject?> NextAsync(ProtocolClient client)
    {
        var current = record;
        var seen = acked is [.., var last] && last.Life == lives.Count ? last.Ack.GetProperty("seq").GetInt64() : 0;
        var more = current.UntilAsync(
            () => finishing || (current.Cursor >= seen && current.Ledger.Open < FaultWork.AtATime), "less is open", Timeout.InfiniteTimeSpan);
        if (await Task.WhenAny(more, client.Ended) != more) return null;
        await more;
        return finishing ? null : work!.Next();
    }

    /// <summary>The answer; null when the same command is to be sent again.</summary>
    private static async Task<JsonElement?> AnsweredAsync(ProtocolClient client, JsonObject command)
    {
        try
        {
            return await client.SendAsync(command).WaitAsync(AnswerWithin);
        }
        catch (CommandRefusedException refused) when (refused.ReconnectAfterMs is null && IsTemporary(refused))
        {
            await Task.Delay(Pause);
            return null;
        }
    }

    private static bool IsTemporary(Exception exception) => exception is CommandRefusedException { Code: "unavailable" or "timeout" or "rate_limited" };
}
