using ToolRuntime.Commands;
using ToolRuntime.Jobs;
using ToolRuntime.Runners;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Sessions;

/// <summary>
/// Whether a caller's limits leave room for a command. What runs already goes on: a limit is met when something is admitted.
/// </summary>
internal sealed class SessionQuotas(ISessionLog log, ExecutionShares shares, ScheduledJobs? scheduled = null)
{
    private const int TryAgainMs = 500;
    private static readonly Task<Rejection?> NoneWaiting = Task.FromResult<Rejection?>(null);

    /// <summary>On whose account a caller's executions run.</summary>
    public static ExecutionAccount AccountOf(Caller caller) => new(caller.Subject, caller.Limits?.Executions ?? 0);

    /// <summary>What is stored, what runs, and what waits for its time, as far as the command's admission asks for it.</summary>
    /// <exception cref="SessionLogUnavailableException">It can't be told just now.</exception>
    public ValueTask<Measured> MeasureAsync(SessionKey session, string owner, SessionCommand command, Caller caller)
    {
        var stored = caller.Limits is { OwnerBytes: > 0 } or { TenantBytes: > 0 } && Adds(command)
            ? log.GetStoredBytesAsync(session.Tenant, owner)
            : default;
        var running = command is RunTools && caller.Limits is { Executions: > 0 and var limit }
            ? shares.LookAsync(session.Tenant, caller.Subject, limit)
            : default;
        var waiting = scheduled is not null && ScheduledJobs.Has(command) ? scheduled.RefuseAsync(session, caller.Subject) : NoneWaiting;
        return stored.IsCompletedSuccessfully && running.IsCompletedSuccessfully && waiting == NoneWaiting ? new(new Measured(stored.Result, null)) : AllAsync(stored, running, waiting);
    }

    /// <summary>Why a command is not admitted, if it is not.</summary>
    public Rejection? Refuse(SessionKey session, SessionCommand command, Caller caller, Measured measured)
    {
        if (measured.Scheduled is { } tooMany) return tooMany;
        if (caller.Limits is not { } limits) return null;
        var stored = measured.Stored;
        if (limits.OwnerBytes > 0 && stored.Owner >= limits.OwnerBytes)
        {
            return new(ErrorCode.QuotaExceeded, $"The owner's sessions hold {stored.Owner} bytes; {limits.OwnerBytes} are allowed.");
        }

        if (limits.TenantBytes > 0 && stored.Tenant >= limits.TenantBytes)
        {
            return new(ErrorCode.QuotaExceeded, $"The tenant's sessions hold {stored.Tenant} bytes; {limits.TenantBytes} are allowed.");
        }

        return command is RunTools && shares.IsFull(session.Tenant, caller.Subject, limits.Executions)
            ? new(ErrorCode.RateLimited, $"{limits.Executions} executions run already.", Retryable: true, RetryAfterMs: TryAgainMs)
            : null;
    }

    /// <summary>Ending and taking away always goes.</summary>
    private static bool Adds(SessionCommand command) =>
        command is SendMessage or RetryMessage or RunTools or ConfigureSession or EditMessage or PutProcess or StartProcess or RestartProcess;

    private static async ValueTask<Measured> AllAsync(ValueTask<StoredBytes> stored, ValueTask running, Task<Rejection?> waiting)
    {
        var (bytes, asked) = (stored.AsTask(), running.AsTask());
        await Task.WhenAll(bytes, asked, waiting);
        return new(await bytes, await waiting);
    }

    /// <summary>What an admission goes by.</summary>
    /// <param name="Stored">Bytes of sessions.</param>
    /// <param name="Scheduled">Why no further job may wait for its time.</param>
    internal readonly record struct Measured(StoredBytes Stored, Rejection? Scheduled);
}
