using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Sessions;

/// <summary>
/// A client's place in one session: a cursor, no queue. Only the one who writes to the client moves it. What it reads comes from the feed's ring,
/// or from the log where the ring no longer has it.
/// </summary>
internal sealed class SessionReader(SessionKey key, SessionPosition position, ReaderSettings settings, IReaderOwner owner, ISessionLog log, TimeProvider time)
{
    private const int LogPageEvents = 1_024;
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(500);

    private long covered = position.After;
    private string? coveredCheck = position.Check;
    private long notBefore;
    private volatile bool closed;
    private volatile bool deleted;
    private volatile bool lost;

    public SessionKey Key => key;

    public string Epoch => position.Epoch;

    /// <summary>The last seq that was read for the client, whether or not its filter let it through.</summary>
    public long Covered => Volatile.Read(ref covered);

    /// <summary>The client's cursor: the last seq that a frame made for it covers.</summary>
    public long Sent { get; private set; } = position.After;

    /// <summary>What <c>events</c> frames of this reader begin with.</summary>
    public byte[] FramePrefix { get; } = EventFrames.Prefix(key.Session, position.Epoch, settings.Execution);

    /// <summary>The one execution that is followed; null: the session is.</summary>
    public string? Execution => settings.Execution;

    /// <summary>What it is on its connection.</summary>
    public string Name { get; } = NameOf(key.Session, settings.Execution);

    /// <summary>Set when attached.</summary>
    public SessionFeed? Feed { get; set; }

    public IReaderOwner Owner => owner;

    /// <summary>Whether no frame is written any more.</summary>
    public bool IsClosed => closed || deleted;

    /// <summary>Called when the session is deleted.</summary>
    public Action? Ended { get; set; }

    /// <summary>What a connection knows a session's reader by, or that of one of its executions.</summary>
    public static string NameOf(string session, string? execution) => execution is null ? session : $"{session}/{execution}";

    /// <summary>The session is deleted.</summary>
    public void End()
    {
        deleted = true;
        Ended?.Invoke();
    }

    /// <summary>The store went back: what was read so far is not in it.</summary>
    public void Lose() => lost = true;

    /// <summary>No frame is written from now on.</summary>
    public void Close() => closed = true;

    /// <summary>How long the reader wants to wait before its next frame; zero when it may come.</summary>
    public TimeSpan Wait => notBefore == 0 ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Max(0, (notBefore - time.GetTimestamp()) * TimeSpan.TicksPerSecond / time.TimestampFrequency));

    /// <summary>Puts the events of the next frame into <paramref name="frame"/>, if there is one.</summary>
    public async ValueTask<ReadOutcome> ReadAsync(ReaderFrame frame, int maxBytes, CancellationToken cancellationToken)
    {
        if (deleted) return ReadOutcome.Deleted;
        if (closed || Feed is not { } feed) return ReadOutcome.Nothing;
        if (lost) return ReadOutcome.Lost;
        if (Wait > TimeSpan.Zero) return ReadOutcome.Later;
        frame.Clear();
        var pending = frame.Pending;
        try
        {
            var lags = settings.MinInterval > TimeSpan.Zero;
            var read = feed.Read(Epoch, covered, pending);
            frame.IsLive = read == FeedRead.Copied;
            if (read == FeedRead.Behind)
            {
                var page = await log.ReadAsync(key, covered, new(LogPageEvents, maxBytes), cancellationToken);
                if (page.Epoch != Epoch || page.First > covered + 1) return feed.HasEnded ? ReadOutcome.Deleted : ReadOutcome.Lost;
                if (covered != position.After && !await log.HasAsync(key, page, covered, coveredCheck, cancellationToken)) return ReadOutcome.Lost;
                pending.AddRange(page.Entries.Select(entry => entry.Event));
                lags |= pending.Count > 0 && pending[^1].Seq < page.Head;
            }

            if (read == FeedRead.Lost) return ReadOutcome.Lost;
            if (read == FeedRead.Deleted) return ReadOutcome.Deleted;
            if (pending.Count == 0) return ReadOutcome.Nothing;
            covered = FrameSelection.Choose(pending, settings.Types, lags, maxBytes, frame.Events, settings.Execution);
            coveredCheck = pending[(int)(covered - pending[0].Seq)].Check;
            if (frame.Events.Count == 0) return ReadOutcome.Skipped;
            Take(frame);
            if (settings.MinInterval > TimeSpan.Zero) Postpone(settings.MinInterval);
            return ReadOutcome.Frame;
        }
        catch (SessionLogUnavailableException)
        {
            Postpone(AfterFailure);
            return ReadOutcome.Later;
        }
        finally
        {
            pending.Clear();
        }
    }

    /// <summary>Makes an empty frame where a filter has kept the client's cursor behind; false where it is up to date.</summary>
    public bool TryCatchUp(ReaderFrame frame)
    {
        if (closed || covered == Sent) return false;
        frame.Clear();
        Take(frame);
        return true;
    }

    private void Take(ReaderFrame frame)
    {
        (frame.After, frame.Seq, frame.Check) = (Sent, covered, coveredCheck);
        Sent = covered;
    }

    private void Postpone(TimeSpan wait) => notBefore = time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency);
}
