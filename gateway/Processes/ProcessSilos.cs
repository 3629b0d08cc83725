using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Processes;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Processes;

/// <summary>Asks the silos for processes on behalf of clients, and knows which of them a caller may see.</summary>
internal sealed class ProcessSilos(IClusterClient cluster, CommandRetry retry, SessionReaders readers)
{
    public Task<SessionReply<ProcessAnswers>> ListAsync(ProcessQuery query, CancellationToken cancellationToken) =>
        retry.RunAsync(async () => new SessionReply<ProcessAnswers>(await Grain.ListAsync(query), null), cancellationToken);

    /// <summary>What silos remember of processes in sessions that the caller may read, or in one of them.</summary>
    public async Task<SessionReply<FoundUses>> ListUseAsync(Identity identity, long from, long to, string? session, CancellationToken cancellationToken)
    {
        var found = await retry.RunAsync(async () => new SessionReply<UseAnswers>(await Grain.ListUseAsync(identity.Tenant, from, to), null), cancellationToken);
        if (found.Value is not { } answers) return new(null, found.Error);
        var sessions = new HashSet<string>(StringComparer.Ordinal);
        var named = answers.Silos.SelectMany(silo => silo.Exits.Concat(silo.Restarts).Select(move => move.Execution.Session).Concat(silo.Executions.Select(use => use.Owner.Session)));
        foreach (var each in named.Distinct())
        {
            if ((session is null || each == session) && await readers.MayReadAsync(identity, each, cancellationToken)) sessions.Add(each);
        }

        return new(new(KnownUses.Of(answers.Silos, sessions), answers.Silent, answers.Silos.Sum(silo => silo.Dropped)), null);
    }

    /// <summary>The same as curves; whoever asks knows what the caller may see.</summary>
    public Task<SessionReply<CurveAnswers>> ReadUseAsync(UseQuery query, CancellationToken cancellationToken) =>
        retry.RunAsync(async () => new SessionReply<CurveAnswers>(await Grain.ReadUseAsync(query), null), cancellationToken);

    /// <summary>Sends a signal to one that the caller may see.</summary>
    public async Task<Rejection?> SignalAsync(Identity identity, ProcessId process, string signal, CancellationToken cancellationToken)
    {
        var host = identity.Has(Scope.HostProcesses);
        var query = ProcessQuery.From(identity.Tenant, host);
        var found = await retry.RunAsync(async () => new SessionReply<ProcessInfo?>(await Grain.FindAsync(process, query), null), cancellationToken);
        if (found.Error is { } refusal) return refusal;
        if (found.Value is not { } there || !await MaySeeAsync(identity, there, host, cancellationToken)) return new(ErrorCode.NotFound, "There is no such process; it may have ended.");
        // Not repeated: a signal whose answer was lost may have been sent.
        try
        {
            return await Grain.SignalAsync(process, signal, query);
        }
        catch (Exception exception) when (ErrorMapper.IsTransient(exception))
        {
            return ErrorMapper.ToRejection(exception);
        }
    }

    /// <summary>Whether a caller may see a process: all with the scope, else those of sessions that he may read.</summary>
    public async ValueTask<bool> MaySeeAsync(Identity identity, ProcessInfo process, bool host, CancellationToken cancellationToken) =>
        host || (process.Owner is { } owner && owner.Tenant == identity.Tenant && await readers.MayReadAsync(identity, owner.Session, cancellationToken));

    /// <summary>Whether a caller may end what a process belongs to and run it again: in a session of his tenant that he may read.</summary>
    public async ValueTask<bool> MayRestartAsync(Identity identity, ProcessInfo process, CancellationToken cancellationToken) =>
        identity.Has(Scope.SessionsWrite | Scope.ToolsRun) && await MaySeeAsync(identity, process, host: false, cancellationToken);

    private IProcessesGrain Grain => cluster.GetGrain<IProcessesGrain>("processes");
}

/// <summary>What silos remember of processes, as far as a caller may see it.</summary>
/// <param name="Uses">It.</param>
/// <param name="Silent">How many silos gave no answer.</param>
/// <param name="Dropped">How many executions of the tenant they have not kept.</param>
internal sealed record FoundUses(KnownUses Uses, int Silent, int Dropped);
