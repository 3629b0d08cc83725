using System.Collections.Immutable;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Notices;

namespace ToolRuntime.Gateway.Notices;

/// <summary>Whose notices a connection or stream gets.</summary>
/// <param name="Identity">Who is connected.</param>
/// <param name="EpochOf">The epoch of a session that is open on it; null for any other.</param>
/// <param name="Wake">Called when there may be something to send.</param>
internal sealed record NoticeAudience(Func<Identity> Identity, Func<string, string?> EpochOf, Action Wake);

/// <summary>
/// What one connection has been told of notices. There is no queue: whoever writes to the client asks for the next difference between what it has been told
/// and what there is for it.
/// </summary>
internal sealed class NoticeReader(NoticeAudience audience, NoticeBoards boards, TimeProvider time) : IFrameSource
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, DateTimeOffset> told = new(StringComparer.Ordinal);
    private readonly HashSet<string> meanwhile = new(StringComparer.Ordinal);
    private readonly string subject = audience.Identity().Subject;
    private ImmutableArray<NoticeBoard> joined = [];
    private ImmutableHashSet<string> missed = [];
    private HashSet<string>? dismissed;
    private bool asking;
    private bool closed;
    private int changed = 1;

    public string Tenant { get; } = audience.Identity().Tenant;

    /// <summary>A board that has been joined; false where the reader has ended meanwhile.</summary>
    public bool Add(NoticeBoard board)
    {
        lock (gate)
        {
            if (closed) return false;
            joined = joined.Add(board);
        }

        Look();
        return true;
    }

    /// <summary>A board is to be joined later; false where the reader has ended meanwhile.</summary>
    public bool Miss(string board)
    {
        lock (gate)
        {
            missed = missed.Add(board);
            return !closed;
        }
    }

    /// <summary>The boards that are to be joined, once.</summary>
    public ImmutableHashSet<string> Missed()
    {
        lock (gate)
        {
            var all = missed;
            missed = [];
            return all;
        }
    }

    /// <summary>Ends; the boards that were joined.</summary>
    public ImmutableArray<NoticeBoard> Close()
    {
        lock (gate)
        {
            closed = true;
            return joined;
        }
    }

    /// <summary>There may be something else to see, or other sessions are open.</summary>
    public void Look()
    {
        Volatile.Write(ref changed, 1);
        audience.Wake();
    }

    /// <summary>A user has dismissed a notice, here or elsewhere.</summary>
    public void Dismiss(NoticeDismissal dismissal)
    {
        if (dismissal.Subject != subject) return;
        lock (gate)
        {
            if (asking) meanwhile.Add(dismissal.Id);
            dismissed?.Add(dismissal.Id);
        }

        Look();
    }

    /// <summary>What was dismissed meanwhile may not have been told.</summary>
    public void Forget()
    {
        lock (gate) dismissed = null;
    }

    /// <summary>The next frame, if there is one; by one caller at a time.</summary>
    public ReadOnlyMemory<byte>? Take()
    {
        if (Interlocked.Exchange(ref changed, 0) == 0) return null;
        var now = time.GetUtcNow();
        lock (gate)
        {
            if (closed) return null;
            var wanted = joined.SelectMany(board => board.Notices.Values).Where(notice => notice.ExpiresAt > now && IsFor(notice)).ToList();
            if (wanted.Count > 0 && dismissed is null)
            {
                Ask();
                return null;
            }

            wanted.RemoveAll(notice => dismissed?.Contains(notice.Id) == true);
            if (Gone(wanted, now) is { Count: > 0 } gone) return NoticeJson.Gone(gone);
            if (wanted.Where(notice => !told.ContainsKey(notice.Id)).MinBy(notice => notice.At) is not { } next) return null;
            told[next.Id] = next.ExpiresAt;
            Volatile.Write(ref changed, 1);
            return NoticeJson.Frame(next, Tenant, next.ExpiresAt - now);
        }
    }

    private bool IsFor(Notice notice) => notice.To.Kind switch
    {
        NoticeTargetKind.Everybody => true,
        NoticeTargetKind.Tenant => notice.To.Name == Tenant,
        NoticeTargetKind.User => notice.To.Name == subject,
        _ => notice.Epoch is not null && audience.EpochOf(notice.To.Name) == notice.Epoch,
    };

    /// <summary>What the client shows and is not to any more; it knows by itself what has expired.</summary>
    private List<string> Gone(List<Notice> wanted, DateTimeOffset now)
    {
        foreach (var (id, _) in told.Where(one => one.Value <= now).ToList()) told.Remove(id);
        var gone = told.Keys.Except(wanted.Select(notice => notice.Id)).ToList();
        foreach (var id in gone) told.Remove(id);
        if (gone.Count > 0) Volatile.Write(ref changed, 1);
        return gone;
    }

    private void Ask()
    {
        if (asking) return;
        asking = true;
        _ = AskAsync();
    }

    private async Task AskAsync()
    {
        var reply = await boards.DismissedAsync(Tenant, subject, CancellationToken.None);
        lock (gate)
        {
            asking = false;
            if (reply.Succeeded) dismissed = [.. reply.Value, .. meanwhile];
            meanwhile.Clear();
        }

        if (reply.Succeeded) Look();
    }
}
