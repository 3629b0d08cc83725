using System.Collections.Immutable;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Shares;

/// <summary>The links of a session. What the store may not have taken is not listed: the activation ends and the next one reads.</summary>
[GrainType("shares")]
internal sealed class SharesGrain([PersistentState("shares", GrainStates.Storage)] IPersistentState<SharesState> store, TimeProvider time) : Grain, ISharesGrain
{
    public async Task<SessionReply<Share>> AddAsync(Share share, int most)
    {
        var standing = Standing();
        if (!standing.Contains(share))
        {
            if (standing.Count >= most) return new(null, new(ErrorCode.QuotaExceeded, $"The session has {most} links, as many as it may: revoke one first."));
            await KeepAsync([.. standing, share]);
        }

        await LinkOf(share).PointAsync(new(SessionKey.Parse(this.GetPrimaryKeyString()), share.ExpiresAt));
        return new(share, null);
    }

    public Task<ImmutableArray<Share>> ListAsync() => Task.FromResult(Standing().ToImmutableArray());

    public Task<Share?> FindAsync(string hash) => Task.FromResult(Standing().Find(share => share.Hash == hash));

    public async Task<SessionReply<bool>> RevokeAsync(string id, string? by)
    {
        if (Standing().Find(share => share.Id == id) is not { } found) return new(false, new(ErrorCode.NotFound, "There is no such link."));
        if (by is not null && found.By != by) return new(false, new(ErrorCode.Forbidden, "The link is somebody else's."));
        await KeepAsync([.. Standing().Where(share => share.Id != id)]);
        return new(true, null);
    }

    public Task RevokeAllAsync(long before) =>
        store.State.Shares.Exists(share => share.Head < before) ? KeepAsync([.. Standing().Where(share => share.Head >= before)]) : Task.CompletedTask;

    private List<Share> Standing()
    {
        var now = time.GetUtcNow();
        return [.. store.State.Shares.Where(share => share.ExpiresAt > now)];
    }

    private IShareLinkGrain LinkOf(Share share) => GrainFactory.GetGrain<IShareLinkGrain>(share.Hash);

    /// <summary>Pointers of what is not listed any more go last: as long as this list says no, they lead nowhere.</summary>
    private async Task KeepAsync(List<Share> shares)
    {
        var before = store.State.Shares;
        try
        {
            store.State.Shares = shares;
            await (shares.Count == 0 ? store.ClearStateAsync() : store.WriteStateAsync());
        }
        catch (Exception exception)
        {
            store.State.Shares = before;
            DeactivateOnIdle();
            throw new SessionLogUnavailableException("Links can't be kept just now.", exception as SessionLogUnavailableException);
        }

        await Task.WhenAll(before.Except(shares).Select(gone => LinkOf(gone).ClearAsync()));
    }
}
