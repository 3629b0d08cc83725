using ToolRuntime.Commands;
using ToolRuntime.Runners;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Sessions;

/// <summary>
/// Whether a caller's limits leave room for a command. What runs already goes on: a limit is met when something is admitted.
/// </summary>
internal sealed class SessionQuotas(ISessionLog log, ExecutionShares shares)
{
    private const int TryAgainMs = 500;

    /// <summary>On whose account a caller's executions run.</summary>
    public static ExecutionAccount AccountOf(Caller caller) => new(caller.Subject, caller.Limits?.Executions ?? 0);

    /// <summary>What is stored, and what runs, as far as the command's admission asks for it.</summary>
    /// <exception cref="SessionLogUnavailableException">It can't be told just now.</exception>
    public ValueTask<StoredBytes> MeasureAsync(SessionKey session, string owner, SessionCommand command, Caller caller)
    {
        var stored = caller.Limits is { OwnerBytes: > 0 } or { TenantBytes: > 0 } && Adds(command)
            ? log.GetStoredBytesAsync(session.Tenant, owner)
            : default;
        var running = command is RunTools && caller.Limits is { Executions: > 0 and var limit }
            ? shares.LookAsync(session.Tenant, caller.Subject, limit)
            : default;
        return running.IsCompletedSuccessfully ? stored : BothAsync(stored, running);
    }

    /// <summary>Why a command is not admitted, if it is not.</summary>
    public Rejection? Refuse(SessionKey session, SessionCommand command, Caller caller, StoredBytes stored)
    {
        if (caller.Limits is not { } limits) return null;
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
        command is SendMessage or RetryMessage or RunTools or ConfigureSession or EditMessage;

    private static async ValueTask<StoredBytes> BothAsync(ValueTask<StoredBytes> stored, ValueTask running)
    {
        var asked = running.AsTask();
        var bytes = await stored;
        await asked;
        return bytes;
    }
}
