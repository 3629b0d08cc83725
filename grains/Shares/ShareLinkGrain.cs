using ToolRuntime.SessionLog;

namespace ToolRuntime.Shares;

/// <summary>Where a token leads. Whoever guesses activates one that knows nothing, and it goes at once.</summary>
[GrainType("share-link")]
internal sealed class ShareLinkGrain([PersistentState("link", GrainStates.Storage)] IPersistentState<ShareLinkState> store, TimeProvider time) : Grain, IShareLinkGrain
{
    public Task PointAsync(SharePointer pointer)
    {
        if (store.State.Pointer == pointer) return Task.CompletedTask;
        store.State.Pointer = pointer;
        return KeepAsync(store.WriteStateAsync);
    }

    public async Task<SharePointer?> FindAsync()
    {
        if (store.State.Pointer is { } pointer && pointer.ExpiresAt > time.GetUtcNow()) return pointer;
        if (store.State.Pointer is not null) await ClearAsync();
        else DeactivateOnIdle();
        return null;
    }

    public async Task ClearAsync()
    {
        if (store.RecordExists) await KeepAsync(store.ClearStateAsync);
        DeactivateOnIdle();
    }

    private async Task KeepAsync(Func<Task> keep)
    {
        try
        {
            await keep();
        }
        catch (Exception exception)
        {
            DeactivateOnIdle();
            throw new SessionLogUnavailableException("Links can't be kept just now.", exception as SessionLogUnavailableException);
        }
    }
}
