using System.Collections.Immutable;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.Notices;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Notices;

/// <summary>What callers do with notices, and whether they may.</summary>
internal sealed class NoticeCalls(IClusterClient cluster, CommandRetry retry, SessionOpener opener, TimeProvider time)
{
    private static readonly Rejection Missing = new(ErrorCode.NotFound, "There is no such notice.");

    /// <summary>Posts a notice. To everybody, or to another tenant, needs <c>notices:everybody</c>; to a session, that the caller may read it.</summary>
    public async Task<SessionReply<Notice>> PostAsync(Identity identity, NoticeDraft draft, CancellationToken cancellationToken)
    {
        var (kind, name) = (draft.To.Kind, draft.To.Name);
        var beyond = kind == NoticeTargetKind.Everybody || (kind == NoticeTargetKind.Tenant && name != identity.Tenant);
        if (Scopes.Refuse(identity, Scope.NoticesWrite | (beyond ? Scope.NoticesEverybody : Scope.None)) is { } refusal) return new(null, refusal);
        if (kind == NoticeTargetKind.Session)
        {
            var found = await opener.FindAsync(identity, name, cancellationToken);
            if (found.Value is not { } header) return new(null, found.Error);
            draft = draft with { Epoch = header.Epoch };
        }

        var board = kind switch
        {
            NoticeTargetKind.Everybody => NoticeStreams.Everybody,
            NoticeTargetKind.Tenant => name,
            _ => identity.Tenant,
        };
        return await retry.RunAsync(() => cluster.GetGrain<INoticeBoardGrain>(board).PostAsync(draft), cancellationToken);
    }

    /// <summary>What the caller would be shown: with a session, of that session too.</summary>
    public async Task<SessionReply<ImmutableArray<Notice>>> ListAsync(Identity identity, string? session, CancellationToken cancellationToken)
    {
        string? epoch = null;
        if (session is not null)
        {
            var found = await opener.FindAsync(identity, session, cancellationToken);
            if (found.Value is not { } header) return new(default, found.Error);
            epoch = header.Epoch;
        }

        var all = await retry.RunAsync(async () => new SessionReply<ImmutableArray<Notice>>(await ReadAsync(identity), null), cancellationToken);
        if (!all.Succeeded) return all;
        var dismissed = all.Value.IsEmpty ? [] : await DismissedAsync(identity, cancellationToken);
        if (dismissed is null) return new(default, new(ErrorCode.Unavailable, "What was dismissed can't be told just now.", Retryable: true));
        var now = time.GetUtcNow();
        return new([.. all.Value.Where(notice => notice.ExpiresAt > now && !dismissed.Contains(notice.Id) && IsFor(notice, identity, session, epoch)).OrderBy(notice => notice.At)], null);
    }

    /// <summary>Dismisses a notice for the caller alone. The same again changes nothing.</summary>
    public async Task<Rejection?> DismissAsync(Identity identity, string id, CancellationToken cancellationToken)
    {
        var all = await retry.RunAsync(async () => new SessionReply<ImmutableArray<Notice>>(await ReadAsync(identity), null), cancellationToken);
        if (all.Error is { } refusal) return refusal;
        if (all.Value.FirstOrDefault(notice => notice.Id == id) is not { } found || !await MayDismissAsync(identity, found, cancellationToken)) return Missing;
        var reply = await retry.RunAsync(
            async () =>
            {
                await cluster.GetGrain<INoticeReaderGrain>(new SessionKey(identity.Tenant, identity.Subject).ToString()).DismissAsync(id, found.ExpiresAt);
                return new SessionReply<bool>(true, null);
            },
            cancellationToken);
        return reply.Error;
    }

    /// <summary>Takes a notice of the caller's own away from everybody; one to another tenant needs that tenant's name, and <c>notices:everybody</c>.</summary>
    public async Task<Rejection?> WithdrawAsync(Identity identity, string id, string? tenant, CancellationToken cancellationToken)
    {
        var beyond = tenant is not null && tenant != identity.Tenant;
        if (Scopes.Refuse(identity, Scope.NoticesWrite | (beyond ? Scope.NoticesEverybody : Scope.None)) is { } refusal) return refusal;
        if (beyond && !EntityId.IsValid(tenant!)) return Missing;
        foreach (var board in (string[])[tenant ?? identity.Tenant, NoticeStreams.Everybody])
        {
            var reply = await retry.RunAsync(() => cluster.GetGrain<INoticeBoardGrain>(board).WithdrawAsync(id, identity.Tenant, identity.Subject), cancellationToken);
            if (reply.Error?.Code != ErrorCode.NotFound) return reply.Error;
        }

        return Missing;
    }

    private async Task<ImmutableArray<Notice>> ReadAsync(Identity identity) =>
        [.. await cluster.GetGrain<INoticeBoardGrain>(identity.Tenant).ListAsync(), .. await cluster.GetGrain<INoticeBoardGrain>(NoticeStreams.Everybody).ListAsync()];

    private async Task<ImmutableHashSet<string>?> DismissedAsync(Identity identity, CancellationToken cancellationToken)
    {
        var reply = await retry.RunAsync(
            async () => new SessionReply<ImmutableArray<string>>(await cluster.GetGrain<INoticeReaderGrain>(new SessionKey(identity.Tenant, identity.Subject).ToString()).ListAsync(), null),
            cancellationToken);
        return reply.Succeeded ? [.. reply.Value] : null;
    }

    private async Task<bool> MayDismissAsync(Identity identity, Notice notice, CancellationToken cancellationToken)
    {
        if (notice.To.Kind != NoticeTargetKind.Session) return IsFor(notice, identity, null, null);
        var found = await opener.FindAsync(identity, notice.To.Name, cancellationToken);
        return found.Value?.Epoch == notice.Epoch;
    }

    private static bool IsFor(Notice notice, Identity identity, string? session, string? epoch) => notice.To.Kind switch
    {
        NoticeTargetKind.Everybody => true,
        NoticeTargetKind.Tenant => notice.To.Name == identity.Tenant,
        NoticeTargetKind.User => notice.To.Name == identity.Subject,
        _ => epoch is not null && notice.To.Name == session && notice.Epoch == epoch,
    };
}
