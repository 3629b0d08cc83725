using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Notices;

/// <summary>A board. What its store may not have taken is not on it: the activation ends and the next one reads.</summary>
[GrainType("notice-board")]
internal sealed class NoticeBoardGrain(
    [PersistentState("board", GrainStates.Storage)] IPersistentState<NoticeBoardState> store, IOptions<NoticeOptions> options, TimeProvider time)
    : Grain, INoticeBoardGrain
{
    public async Task<SessionReply<Notice>> PostAsync(NoticeDraft draft)
    {
        var now = Now();
        var board = Standing(now);
        var reply = NoticeRules.Post(draft, board, options.Value, now);
        if (reply.Value is not { } notice) return reply;
        if (!board.Contains(notice)) await KeepAsync([.. board, notice]);
        await TellAsync(new(Posted: notice));
        return reply;
    }

    public Task<ImmutableArray<Notice>> ListAsync() => Task.FromResult(Standing(Now()).ToImmutableArray());

    public async Task<SessionReply<bool>> WithdrawAsync(string id, string tenant, string subject)
    {
        var board = Standing(Now());
        if (board.Find(notice => notice.Id == id) is not { } found) return new(false, new(ErrorCode.NotFound, "There is no such notice."));
        if ((found.Tenant, found.From) != (tenant, subject)) return new(false, new(ErrorCode.Forbidden, "The notice is somebody else's."));
        await KeepAsync([.. board.Where(notice => notice.Id != id)]);
        await TellAsync(new(Withdrawn: id));
        return new(true, null);
    }

    private List<Notice> Standing(DateTimeOffset now) => [.. store.State.Notices.Where(notice => notice.ExpiresAt > now)];

    private DateTimeOffset Now()
    {
        var now = time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond));
    }

    private async Task KeepAsync(List<Notice> board)
    {
        var before = store.State.Notices;
        try
        {
            store.State.Notices = board;
            await store.WriteStateAsync();
        }
        catch (Exception exception)
        {
            store.State.Notices = before;
            DeactivateOnIdle();
            throw new SessionLogUnavailableException("Notices can't be kept just now.", exception as SessionLogUnavailableException);
        }
    }

    private Task TellAsync(NoticeNews news) => NoticeNewsStream.TellAsync(this, this.GetPrimaryKeyString(), news);
}
