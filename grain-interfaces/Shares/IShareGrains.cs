using System.Collections.Immutable;
using ToolRuntime.Sessions;

namespace ToolRuntime.Shares;

/// <summary>The links of one session; key <c>tenant/session</c>. What it does not list leads nowhere. Every method may be repeated.</summary>
[Alias("toolruntime.ISharesGrain")]
public interface ISharesGrain : IGrainWithStringKey
{
    /// <summary>Keeps a link. <c>quota_exceeded</c> where the session has as many as it may.</summary>
    [Alias("Add"), ResponseTimeout("00:00:05")]
    Task<SessionReply<Share>> AddAsync(Share share, int most);

    /// <summary>Those that have not expired, in the order in which they were made.</summary>
    [Alias("List"), ResponseTimeout("00:00:05")]
    Task<ImmutableArray<Share>> ListAsync();

    /// <summary>The link with the hash, unless it has expired; null where there is none.</summary>
    [Alias("Find"), ResponseTimeout("00:00:05")]
    Task<Share?> FindAsync(string hash);

    /// <summary>Ends a link; <paramref name="by"/> is who may only end links of their own, null who may end all.</summary>
    [Alias("Revoke"), ResponseTimeout("00:00:05")]
    Task<SessionReply<bool>> RevokeAsync(string id, string? by);

    /// <summary>Ends all links that were made before an event came: the session is reset there, or deleted.</summary>
    [Alias("RevokeAll"), ResponseTimeout("00:00:05")]
    Task RevokeAllAsync(long before);
}

/// <summary>Where a token leads; key: the hash of the token. Says nothing of whether the link still holds: that is the session's list to say.</summary>
[Alias("toolruntime.IShareLinkGrain")]
public interface IShareLinkGrain : IGrainWithStringKey
{
    /// <summary>Points to a session.</summary>
    [Alias("Point"), ResponseTimeout("00:00:05")]
    Task PointAsync(SharePointer pointer);

    /// <summary>The session; null where there is none, or not any more.</summary>
    [Alias("Find"), ResponseTimeout("00:00:05")]
    Task<SharePointer?> FindAsync();

    /// <summary>Points nowhere, and leaves nothing in the store.</summary>
    [Alias("Clear"), ResponseTimeout("00:00:05")]
    Task ClearAsync();
}
