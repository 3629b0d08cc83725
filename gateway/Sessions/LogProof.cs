using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Sessions;

/// <summary>Whether what was read of a log is still in it: a store that went back to an older copy, and may have grown again, has other events there, or none.</summary>
internal static class LogProof
{
    /// <summary>Whether the log has that event; also where that can't be told, for it has no check or is not kept any more.</summary>
    public static ValueTask<bool> HasAsync(this ISessionLog log, SessionKey key, LogHeader header, long seq, string? check, CancellationToken cancellationToken = default)
    {
        if (seq > header.Head) return new(false);
        if (seq == header.Head && header.Check is { } last) return new(check is null || check == last);
        return HasAsync(log, key, header.First, seq, check, cancellationToken);
    }

    /// <summary>The same of a log of which a page was read.</summary>
    public static ValueTask<bool> HasAsync(this ISessionLog log, SessionKey key, LogPage page, long seq, string? check, CancellationToken cancellationToken) =>
        seq > page.Head ? new(false) : HasAsync(log, key, page.First, seq, check, cancellationToken);

    private static async ValueTask<bool> HasAsync(ISessionLog log, SessionKey key, long first, long seq, string? check, CancellationToken cancellationToken)
    {
        if (check is null || seq < first) return true;
        var page = await log.ReadAsync(key, seq - 1, new(MaxEntries: 1, MaxBytes: 1), cancellationToken);
        return page.Entries is not [{ Event: { Check: { } found } entry }, ..] || entry.Seq != seq || found == check;
    }
}
