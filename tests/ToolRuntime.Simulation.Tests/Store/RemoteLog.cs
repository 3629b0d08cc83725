using System.Collections.Immutable;
using ToolRuntime.SessionLog;
using ToolRuntime.Simulation.Tests.Runtime;

namespace ToolRuntime.Simulation.Tests.Store;

/// <summary>The log as a node reaches it: it takes time, and drops, delays, doubles and fails what it is asked for.</summary>
internal sealed class RemoteLog(Node node, LogStore store, Faults faults) : ISessionLog
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public Task<LogOpening?> OpenAsync(SessionKey session, string? createFor, CancellationToken cancellationToken = default) =>
        AskAsync("opens", () => store.Open(session, createFor));

    public Task<AppendOutcome> AppendAsync(
        SessionKey session, string token, long expectedHead, ImmutableArray<LogEntry> entries, HeaderChange? header = null, CancellationToken cancellationToken = default) =>
        AskAsync(node.World.Traces ? $"appends {string.Join(", ", entries.Select(e => $"{e.Event.Seq} {e.Event.Type}"))}" : "", () => store.Append(session, token, expectedHead, entries, header));

    public Task<LogHeader?> GetHeaderAsync(SessionKey session, CancellationToken cancellationToken = default) => AskAsync("asks", () => store.Find(session)?.Header);

    public Task<LogPage> ReadAsync(SessionKey session, long after, LogReadLimits limits, CancellationToken cancellationToken = default) =>
        AskAsync("reads", () => store.Read(session, after, limits));

    public Task<bool> TrimAsync(SessionKey session, string token, long upTo, CancellationToken cancellationToken = default) => AskAsync("trims", () => store.Trim(session, token, upTo));

    public Task<bool> EraseAsync(SessionKey session, string token, ImmutableArray<LogEntry> replacements, CancellationToken cancellationToken = default) =>
        AskAsync("erases", () => store.Replace(session, token, replacements));

    public Task<LogOpening?> RenewAsync(SessionKey session, string token, CancellationToken cancellationToken = default) => AskAsync("renews", () => store.Renew(session, token));

    public Task DeleteAsync(SessionKey session, CancellationToken cancellationToken = default) => AskAsync("deletes", () => store.Delete(session));

    public ValueTask<StoredBytes> GetStoredBytesAsync(string tenant, string owner, CancellationToken cancellationToken = default) => default;

    public Task<ImmutableArray<SessionKey>> ListOpenWorkAsync(CancellationToken cancellationToken = default) =>
        AskAsync("lists", () => store.Sessions.Where(session => store.Find(session)!.OpenWork).ToImmutableArray());

    public Task<ImmutableDictionary<SessionKey, LogHead>> GetHeadsAsync(ImmutableArray<SessionKey> sessions, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ImmutableArray<SessionSummary>> ListAsync(string tenant, string? subject, int limit, SessionListPlace? after = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public Task<ImmutableArray<SessionKey>> ListIdleAsync(string prefix, DateTimeOffset since, int limit, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    private Task<T> AskAsync<T>(string what, Func<T> act)
    {
        var fate = faults.LogFate();
        var (answer, world) = (new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously), node.World);
        if (world.Traces && what.Length > 0) world.Trace($"{node.Name} {what}{(fate == LogFate.Fine ? "" : $": {fate}")}");
        switch (fate)
        {
            case LogFate.Fine:
                Do(() => Answer(act()));
                break;
            case LogFate.Fails:
                world.At(faults.StoreLatency(), world.Root, Fail);
                break;
            case LogFate.IsDropped:
                world.At(Patience, world.Root, Fail);
                break;
            case LogFate.LosesAnswer:
                Do(() => _ = act());
                world.At(Patience, world.Root, Fail);
                break;
            case LogFate.IsLate:
                world.At(Patience, world.Root, Fail);
                world.At(Patience + world.Dice.Network.Between(0, 4_000), world.Root, () => _ = act());
                break;
            default:
                Do(() =>
                {
                    _ = act();
                    Do(() => Answer(act()));
                });
                break;
        }

        return answer.Task;

        void Do(Action step) => world.At(faults.StoreLatency(), world.Root, step);

        void Answer(T result) => world.At(faults.StoreLatency(), world.Root, () => answer.TrySetResult(result));

        void Fail() => answer.TrySetException(new SessionLogUnavailableException("The simulated store failed."));
    }
}
