using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Limiting;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;
using ToolRuntime.Shares;

namespace ToolRuntime.Gateway.Sharing;

/// <summary>What a token leads to. That one has expired, was revoked, or never was, is one answer.</summary>
internal sealed class SharedLinks(IClusterClient cluster, ISessionLog log, CommandRetry retry, IRateLimits rates, IOptions<ShareOptions> options)
{
    private const string Unknown = "shares/unknown";

    /// <summary>Who asks grains for what a link leads to, once it is clear that it does.</summary>
    public static Caller Reader { get; } = new("share", AllSessions: true);

    private static Rejection Nothing => new(ErrorCode.NotFound, "There is nothing behind this link: it has expired, was revoked, or what it led to is gone.");

    public async Task<SessionReply<SharedSession>> FindAsync(string token, CancellationToken cancellationToken)
    {
        if (!options.Value.Enabled || ShareToken.HashOf(token) is not { } hash) return new(null, Nothing);
        try
        {
            // What a link may is counted before anything is looked up, and so is what leads nowhere: guesses wake grains.
            if (await rates.TakeAsync($"share/{hash}", options.Value.OpensPerSecond, options.Value.OpenBurst) is { } wait) return new(null, Busy(wait));
            var found = await retry.RunAsync(async () => new SessionReply<SharedSession?>(await LookAsync(hash, cancellationToken), null), cancellationToken);
            if (found.Error is { } refusal) return new(null, refusal);
            if (found.Value is { } shared) return new(shared, null);
            return new(null, await rates.TakeAsync(Unknown, options.Value.UnknownPerSecond, options.Value.UnknownPerSecond) is { } pause ? Busy(pause) : Nothing);
        }
        catch (SessionLogUnavailableException unavailable)
        {
            return new(null, unavailable.ToRejection());
        }
    }

    /// <summary>Whether a link that was found still holds; where that can't be told just now, it does for a while.</summary>
    public async Task<bool> HoldsAsync(SharedSession shared, CancellationToken cancellationToken)
    {
        var found = await retry.RunAsync(async () => new SessionReply<SharedSession?>(await LookAsync(shared.Share.Hash, cancellationToken), null), cancellationToken);
        return found.Error is not null || found.Value is not null;
    }

    private static Rejection Busy(TimeSpan wait) =>
        new(ErrorCode.RateLimited, "This link is asked for too often.", Retryable: true, RetryAfterMs: Math.Max(1, (int)Math.Ceiling(wait.TotalMilliseconds)));

    private async Task<SharedSession?> LookAsync(string hash, CancellationToken cancellationToken)
    {
        if (await cluster.GetGrain<IShareLinkGrain>(hash).FindAsync() is not { } pointer) return null;
        if (await cluster.GetGrain<ISharesGrain>(pointer.Session.ToString()).FindAsync(hash) is not { } share) return null;
        return await log.GetHeaderAsync(pointer.Session, cancellationToken) is { } header && header.Epoch == share.Epoch ? new(pointer.Session, share, header.Head) : null;
    }
}

/// <summary>A link that holds.</summary>
/// <param name="Key">Of which session.</param>
/// <param name="Share">What of it.</param>
/// <param name="Head">Where its log ends now.</param>
internal sealed record SharedSession(SessionKey Key, Share Share, long Head);
