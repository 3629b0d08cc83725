using System.Collections.Immutable;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Notices;

/// <summary>What a user has dismissed. Bounded: of too many, those are forgotten that would expire first.</summary>
[GrainType("notice-reader")]
internal sealed class NoticeReaderGrain(
    [PersistentState("reader", GrainStates.Storage)] IPersistentState<NoticeReaderState> store, TimeProvider time) : Grain, INoticeReaderGrain
{
    private const int MaxKept = 1_000;

    public async Task DismissAsync(string id, DateTimeOffset expiresAt)
    {
        var now = time.GetUtcNow();
        if (!store.State.Dismissed.Exists(dismissed => dismissed.Id == id))
        {
            var standing = store.State.Dismissed.Where(dismissed => dismissed.ExpiresAt > now).Append(new(id, expiresAt)).ToList();
            await KeepAsync(standing.Count <= MaxKept ? standing : [.. standing.OrderByDescending(dismissed => dismissed.ExpiresAt).Take(MaxKept)]);
        }

        var (tenant, subject) = (SessionKey.Parse(this.GetPrimaryKeyString()).Tenant, SessionKey.Parse(this.GetPrimaryKeyString()).Session);
        await NoticeNewsStream.TellAsync(this, tenant, new(Dismissed: new(subject, id)));
    }

    public Task<ImmutableArray<string>> ListAsync() => Task.FromResult(store.State.Dismissed.Select(dismissed => dismissed.Id).ToImmutableArray());

    private async Task KeepAsync(List<DismissedNotice> dismissed)
    {
        var before = store.State.Dismissed;
        try
        {
            store.State.Dismissed = dismissed;
            await store.WriteStateAsync();
        }
        catch (Exception exception)
        {
            store.State.Dismissed = before;
            DeactivateOnIdle();
            throw new SessionLogUnavailableException("What is dismissed can't be kept just now.", exception as SessionLogUnavailableException);
        }
    }
}
