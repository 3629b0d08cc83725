using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Projections.Responses;

/// <summary>Reads responses as they stand. It wakes no grain.</summary>
internal sealed class ResponseReader(SessionOpener opener, ISessionLog log, CommandRetry retry)
{
    private static readonly LogReadLimits Page = new(1_000, 1 << 20);

    /// <summary>Folds what the log has of it; a refusal where it has nothing, any more, or the caller may not see it.</summary>
    public async Task<SessionReply<ResponseFold>> ReadAsync(Identity identity, ResponseId id, ResponseEcho echo, CancellationToken cancellationToken)
    {
        var header = await opener.FindAsync(identity, id.Session, cancellationToken);
        if (header.Error is { } refusal) return new(null, refusal);
        return await retry.RunAsync(
            async () =>
            {
                var fold = await FoldAsync(identity.Key(id.Session), id, echo, cancellationToken);
                return fold.Begun ? new SessionReply<ResponseFold>(fold, null) : new(null, Missing(id.ToString()));
            },
            cancellationToken);
    }

    public static Rejection Missing(string id) => OpenAIError.Refuse("response_id", $"There is no response '{id}', or not any more.", ErrorCode.NotFound);

    private async Task<ResponseFold> FoldAsync(SessionKey key, ResponseId id, ResponseEcho echo, CancellationToken cancellationToken)
    {
        var fold = new ResponseFold(id, echo, after: null);
        var selection = new ReplySelection(id.Reply);
        for (var after = id.Start - 1; ;)
        {
            var page = await log.ReadAsync(key, after, Page, cancellationToken);
            if (page.Entries.IsEmpty || (after < id.Start && page.First > id.Start)) return fold;
            foreach (var entry in page.Entries)
            {
                if (selection.Take(entry.Event) is { } happened) fold.Take(happened);
                if (fold.Ended || selection.Ended) return fold;
            }

            after = page.Entries[^1].Event.Seq;
        }
    }
}
