using ToolRuntime.Sessions;

namespace ToolRuntime.Notices;

/// <summary>What may be posted on a board. No I/O, no clock.</summary>
internal static class NoticeRules
{
    /// <summary>The notice that a draft becomes, or why it does not; what is on the board has not expired.</summary>
    public static SessionReply<Notice> Post(NoticeDraft draft, IReadOnlyList<Notice> board, NoticeOptions options, DateTimeOffset now)
    {
        if (board.FirstOrDefault(notice => notice.Id == draft.Id) is { } earlier)
        {
            var same = (earlier.To, earlier.Text, earlier.Level, earlier.Tenant, earlier.From) == (draft.To, draft.Text, draft.Level, draft.Tenant, draft.From);
            return same ? new(earlier, null) : new(null, new(ErrorCode.Conflict, "Another notice was posted under this id."));
        }

        if (string.IsNullOrWhiteSpace(draft.Text)) return Invalid("The notice has no text.");
        if (draft.Text.Length > options.MaxTextLength) return new(null, new(ErrorCode.TooLarge, $"A notice has at most {options.MaxTextLength} characters."));
        if (draft is { TtlMs: not null, ExpiresAt: not null }) return Invalid("Either ttlMs or expiresAt, not both.");
        if (draft.TtlMs is <= 0 || draft.TtlMs > options.MaxTtl.TotalMilliseconds || draft.ExpiresAt <= now || draft.ExpiresAt - now > options.MaxTtl)
        {
            return Invalid($"A notice is kept for at least a millisecond, and at most {options.MaxTtl.TotalMilliseconds:0} ms.");
        }

        if (board.Count(notice => notice.To == draft.To) >= options.KeptPerTarget) return Full($"As many as {options.KeptPerTarget} notices to the same are kept; withdraw one, or wait until one expires.");
        if (board.Count >= options.KeptPerTenant) return Full($"As many as {options.KeptPerTenant} notices are kept for a tenant; withdraw one, or wait until one expires.");
        var expires = draft.ExpiresAt?.ToUniversalTime() ?? now + (draft.TtlMs is { } ms ? TimeSpan.FromMilliseconds(ms) : options.DefaultTtl);
        return new(new(draft.Id, draft.To, draft.Text, draft.Level, draft.Tenant, draft.From, now, expires, draft.Epoch), null);
    }

    private static SessionReply<Notice> Invalid(string message) => new(null, new(ErrorCode.InvalidCommand, message));

    private static SessionReply<Notice> Full(string message) => new(null, new(ErrorCode.QuotaExceeded, message));
}
