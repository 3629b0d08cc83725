using System.Collections.Concurrent;
using ToolRuntime.Limiting;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Security;

/// <summary>
/// What the holders of one key use just now: of all gateways together where they are a cluster. Where that can't be told, a refusal says
/// so: nothing is let through uncounted.
/// </summary>
internal sealed class KeyUsage(string keyId, IRateLimits rates, IUseLimits uses)
{
    private readonly string commands = $"key/{keyId}/commands", errors = $"key/{keyId}/errors", notices = $"key/{keyId}/notices";
    private readonly string connections = $"key/{keyId}/connections", sessions = $"key/{keyId}/sessions";

    private static Rejection TooManyConnections =>
        new(ErrorCode.RateLimited, "The key has as many connections and streams as it may.", Retryable: true, RetryAfterMs: 1_000);

    /// <summary>Counts a command; a refusal if there are too many.</summary>
    public async ValueTask<Rejection?> TakeCommandAsync(KeyLimits limits)
    {
        if (limits.CommandsPerSecond == 0) return null;
        var (wait, unavailable) = await TakeAsync(commands, limits.CommandsPerSecond, limits.CommandBurst);
        if (wait is null) return unavailable;
        var message = $"The key may send {limits.CommandsPerSecond} commands a second.";
        return new(ErrorCode.RateLimited, message, Retryable: true, RetryAfterMs: wait);
    }

    /// <summary>Counts a report of a client's fault; a refusal if there are too many.</summary>
    public async ValueTask<Rejection?> TakeErrorReportAsync(int perMinute)
    {
        if (perMinute == 0) return new(ErrorCode.Forbidden, "This server takes no reports.");
        var (wait, unavailable) = await TakeAsync(errors, perMinute / 60.0, perMinute);
        if (wait is null) return unavailable;
        return new(ErrorCode.RateLimited, $"The key may report {perMinute} faults a minute.", Retryable: true, RetryAfterMs: wait);
    }

    /// <summary>Counts a notice; a refusal if there are too many.</summary>
    public async ValueTask<Rejection?> TakeNoticeAsync(int perMinute)
    {
        if (perMinute == 0) return new(ErrorCode.Forbidden, "This server takes no notices.");
        var (wait, unavailable) = await TakeAsync(notices, perMinute / 60.0, perMinute);
        if (wait is null) return unavailable;
        return new(ErrorCode.RateLimited, $"The key may post {perMinute} notices a minute.", Retryable: true, RetryAfterMs: wait);
    }

    /// <summary>Counts a connection or stream; a refusal if there are too many.</summary>
    public ValueTask<Rejection?> ConnectAsync(KeyLimits limits) => AddAsync(connections, limits.Connections, TooManyConnections);

    /// <summary>Counts an open session; a refusal if there are too many.</summary>
    public ValueTask<Rejection?> OpenSessionAsync(KeyLimits limits) => AddAsync(
        sessions, limits.OpenSessions, new(ErrorCode.QuotaExceeded, "Too many sessions are open on the key's connections."));

    /// <summary>Counts a connection with its open sessions, whatever the limits, as it comes from another key.</summary>
    public void Join(int openSessions)
    {
        uses.Add(connections, 1);
        if (openSessions > 0) uses.Add(sessions, openSessions);
    }

    /// <summary>Counts a session whatever the limits.</summary>
    public void JoinSession() => uses.Add(sessions, 1);

    public void CloseSession() => uses.Remove(sessions, 1);

    public void Leave(int openSessions)
    {
        uses.Remove(connections, 1);
        if (openSessions > 0) uses.Remove(sessions, openSessions);
    }

    private async ValueTask<(int? WaitMs, Rejection? Unavailable)> TakeAsync(string name, double perSecond, int burst)
    {
        try
        {
            var wait = await rates.TakeAsync(name, perSecond, burst);
            return (wait is { TotalMilliseconds: var left } ? Math.Max(1, (int)Math.Ceiling(left)) : null, null);
        }
        catch (SessionLogUnavailableException unavailable)
        {
            return (null, unavailable.ToRejection());
        }
    }

    private async ValueTask<Rejection?> AddAsync(string name, int limit, Rejection refusal)
    {
        try
        {
            return await uses.AddAsync(name, 1, limit) == 1 ? null : refusal;
        }
        catch (SessionLogUnavailableException unavailable)
        {
            return unavailable.ToRejection();
        }
    }
}

/// <summary>The usage of every key, which outlives changes of its configuration.</summary>
internal sealed class KeyUsages(IRateLimits rates, IUseLimits uses)
{
    private readonly ConcurrentDictionary<string, KeyUsage> usages = new(StringComparer.Ordinal);

    public KeyUsage For(string keyId) => usages.GetOrAdd(keyId, id => new(id, rates, uses));

    /// <summary>That of who has a token: users come and go, and what counts goes by the name alone.</summary>
    public KeyUsage OfUser(string name) => new($"user/{name}", rates, uses);
}
