using ToolRuntime.Events;

namespace ToolRuntime.Runners;

/// <summary>
/// What an attempt has to tell and when each of it is due. Output: the first at once, then what has gathered in 40 ms (of a terminal 6 ms) or 16 KB. Progress:
/// the latest, at most ten a second. Dropped output: at most one notice a second. At the end everything is due. Times are the attempt's
/// own; guarded by its reporter's lock.
/// </summary>
internal sealed class ReportQueue(Redactor redactor, long maxOutputBytes)
{
    private const int GatherBytes = 16 * 1024;
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(40);

    // People wait for what they type, and see what comes within a frame as one.
    private static readonly TimeSpan GatherTerminal = TimeSpan.FromMilliseconds(6);
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ProgressLate = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan DroppedEvery = TimeSpan.FromSeconds(1);

    private readonly OutputCap cap = new(maxOutputBytes);
    private readonly List<OutputBuffer> streams = [];
    private TimeSpan outputDue, progressDue, droppedDue;
    private bool ended;
    private long order;

    /// <summary>The latest step that was not taken yet.</summary>
    public ProgressReport? Progress { get; set; }

    public WaitingReport? Waiting { get; set; }

    /// <summary>Bytes of output that wait.</summary>
    public int PendingBytes => streams.Sum(stream => stream.Pending);

    public long OutputBytes => streams.Sum(stream => stream.TotalBytes);

    public long DroppedBytes => streams.Sum(stream => stream.TotalDropped);

    public KeptOutput? Kept =>
        ((Find(OutputStream.Stdout) ?? Find(OutputStream.Terminal))?.Kept, Find(OutputStream.Stderr)?.Kept) is var (stdout, stderr) && (stdout ?? stderr) is not null ? new(stdout, stderr) : null;

    public void Add(OutputStream stream, ReadOnlySpan<byte> bytes)
    {
        var buffer = Find(stream);
        if (buffer is null) streams.Add(buffer = new(stream, redactor, cap));
        buffer.Add(bytes, ++order);
    }

    /// <summary>Nothing more comes.</summary>
    public void End()
    {
        ended = true;
        foreach (var stream in streams) stream.End(++order);
    }

    /// <summary>The turns that are seen in what a terminal prints; null where nobody looks.</summary>
    public TurnQueue? Turns { get; set; }

    /// <summary>Nothing is left to tell, and nothing more comes.</summary>
    public bool IsDone => NextDue() is null && Turns is null or { Ended: true };

    /// <summary>Takes what is due first; null when nothing is. Turns come right behind the output that they were seen in.</summary>
    public Report? Take(TimeSpan now)
    {
        if (Turns?.Take(now) is { } turns) return turns;
        var report = TakeOther(now);
        if (report is OutputReport { Stream: OutputStream.Terminal } output) Turns?.Read(output, now);
        return report is null && ended ? Turns?.End(now) : report;
    }

    private Report? TakeOther(TimeSpan now)
    {
        if (Waiting is { } waiting)
        {
            Waiting = null;
            return waiting;
        }

        if (Progress is { } progress && (ended || now >= progressDue))
        {
            Progress = null;
            progressDue = NextProgress(now);
            return progress;
        }

        return TakeOutput(now);
    }

    /// <summary>When something is due, if nothing else comes; null when there is nothing.</summary>
    public TimeSpan? NextDue()
    {
        var due = Progress is null ? null : (TimeSpan?)progressDue;
        if (Turns?.Due is { } look) due = Earlier(due, look);
        foreach (var stream in streams)
        {
            if (stream.Ready > 0) due = Earlier(due, outputDue);
            if (stream.Dropped > 0) due = Earlier(due, droppedDue);
        }

        return due;
    }

    /// <summary>What a timer and the report before it have cost is no part of the next wait: else nobody who works steadily is told of ten times a second.</summary>
    private TimeSpan NextProgress(TimeSpan now) => now - progressDue < ProgressLate ? progressDue + ProgressEvery : now + ProgressEvery;

    private static TimeSpan Earlier(TimeSpan? one, TimeSpan other) => one < other ? one.Value : other;

    private OutputReport? TakeOutput(TimeSpan now)
    {
        var tellDropped = ended || now >= droppedDue;
        var next = First(stream => stream.Due && stream.Ready > 0);
        if (next is null && (ended || now >= outputDue || streams.Sum(stream => stream.Ready) >= GatherBytes))
        {
            next = First(stream => stream.Ready > 0);
            if (next is not null)
            {
                // One gathering covers all streams: the others' parts follow this one without another wait.
                foreach (var stream in streams) stream.Due = stream.Ready > 0;
                outputDue = now + (next.Stream == OutputStream.Terminal ? GatherTerminal : Gather);
            }
        }

        if (tellDropped) next ??= First(stream => stream.Dropped > 0);
        if (next is null) return null;
        if (next.Dropped > 0 && tellDropped) droppedDue = now + DroppedEvery;
        return next.Take(tellDropped);
    }

    private OutputBuffer? First(Func<OutputBuffer, bool> fits)
    {
        OutputBuffer? first = null;
        foreach (var stream in streams)
        {
            if (fits(stream) && (first is null || stream.Since < first.Since)) first = stream;
        }

        return first;
    }

    private OutputBuffer? Find(OutputStream stream)
    {
        foreach (var buffer in streams)
        {
            if (buffer.Stream == stream) return buffer;
        }

        return null;
    }
}
