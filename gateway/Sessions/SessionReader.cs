using System.Collections.Frozen;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Sessions;

/// <summary>
/// A connection's place in one session: a cursor, no queue. Only the connection's writer moves it. What it reads comes from the feed's ring,
/// or from the log where the ring no longer has it.
/// </summary>
internal sealed class SessionReader(SessionKey key, SessionPosition position, ReaderSettings settings, Outbox outbox, ISessionLog log, TimeProvider time)
{
    private const int LogPageEvents = 1_024;
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMilliseconds(500);

    private readonly byte[] prefix = EventFrames.Prefix(key.Session, position.Epoch);
    private long covered = position.After;
    private long notBefore;
    private volatile bool closed;

    public SessionKey Key => key;

    public string Epoch => position.Epoch;

    /// <summary>The client's cursor: the last seq that a frame sent to it covers.</summary>
    public long Sent { get; private set; } = position.After;

    /// <summary>Set when attached.</summary>
    public SessionFeed? Feed { get; set; }

    public Outbox Outbox => outbox;

    public void Wake() => outbox.Wake();

    /// <summary>No frame is written from now on.</summary>
    public void Close() => closed = true;

    /// <summary>How long the reader wants to wait before its next frame; zero when it may come.</summary>
    public TimeSpan Wait => notBefore == 0 ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Max(0, (notBefore - time.GetTimestamp()) * TimeSpan.TicksPerSecond / time.TimestampFrequency));

    /// <summary>Encodes the next frame, if there is one. The scratch lists are the writer's, shared by its readers.</summary>
    public async ValueTask<ReadOutcome> ReadAsync(FrameBuffer buffer, List<EncodedEvent> pending, List<EncodedEvent> chosen, int maxBytes, CancellationToken cancellationToken)
    {
        if (closed || Feed is not { } feed) return ReadOutcome.Nothing;
        if (Wait > TimeSpan.Zero) return ReadOutcome.Later;
        pending.Clear();
        chosen.Clear();
        try
        {
            var lags = settings.MinInterval > TimeSpan.Zero;
            var read = feed.Read(Epoch, covered, pending);
            if (read == FeedRead.Behind)
            {
                var page = await log.ReadAsync(key, covered, new(LogPageEvents, maxBytes), cancellationToken);
                if (page.Epoch != Epoch || page.First > covered + 1) return ReadOutcome.Lost;
                pending.AddRange(page.Entries.Select(entry => entry.Event));
                lags |= pending.Count > 0 && pending[^1].Seq < page.Head;
            }

            if (read == FeedRead.Lost) return ReadOutcome.Lost;
            if (pending.Count == 0) return ReadOutcome.Nothing;
            covered = FrameSelection.Choose(pending, settings.Types, lags, maxBytes, chosen);
            if (chosen.Count == 0) return ReadOutcome.Skipped;
            WriteFrame(buffer, chosen);
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
            chosen.Clear();
        }
    }

    /// <summary>Encodes an empty frame where a filter has kept the client's cursor behind; false where it is up to date.</summary>
    public bool TryCatchUp(FrameBuffer buffer)
    {
        if (closed || covered == Sent) return false;
        WriteFrame(buffer, []);
        return true;
    }

    private void WriteFrame(FrameBuffer buffer, List<EncodedEvent> events)
    {
        buffer.Clear();
        EventFrames.Write(buffer, prefix, Sent, covered, events);
        Sent = covered;
    }

    private void Postpone(TimeSpan wait) => notBefore = time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency);
}

/// <summary>Where a reader begins.</summary>
internal readonly record struct SessionPosition(string Epoch, long After);

/// <summary>What a reader wants: only these types (null: all), and at least this long between two frames.</summary>
internal sealed record ReaderSettings(FrozenSet<string>? Types, TimeSpan MinInterval)
{
    public static ReaderSettings Everything { get; } = new(null, TimeSpan.Zero);
}

/// <summary>What became of an attempt to read.</summary>
internal enum ReadOutcome
{
    /// <summary>There is nothing new.</summary>
    Nothing,

    /// <summary>There was something, and the filter left nothing of it. There may be more.</summary>
    Skipped,

    /// <summary>A frame is in the buffer. There may be more.</summary>
    Frame,

    /// <summary>The reader may not have a frame before <see cref="SessionReader.Wait"/> is over.</summary>
    Later,

    /// <summary>The cursor can't be served any more.</summary>
    Lost,
}
