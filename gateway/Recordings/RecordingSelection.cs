using System.Collections.Immutable;
using System.Text;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Recordings;

/// <summary>Gives a writer what of a log belongs to the recording, and says what the log has no longer.</summary>
internal sealed class RecordingSelection(RecordingSubject subject, IRecordingWriter writer)
{
    /// <summary>How a plan names the execution. Inside a JSON string the quotes would be escaped, so nothing can mislead.</summary>
    private readonly byte[] planned = Encoding.UTF8.GetBytes($"\"executionId\":\"{subject.Execution}\"");

    private (long From, long To)? missing;

    /// <summary>Whether anything belongs to it so far.</summary>
    public bool Any { get; private set; } = subject.Execution is null;

    /// <summary>Whether nothing more can come.</summary>
    public bool Ended { get; private set; }

    /// <summary>Takes a page that was read after <paramref name="after"/>; gives where to go on.</summary>
    public long Take(LogPage page, long after)
    {
        if (page.Entries.IsEmpty)
        {
            Skip(after + 1, subject.Head);
            return subject.Head;
        }

        if (page.Entries[0].Event.Seq > after + 1) Skip(after + 1, Math.Min(page.Entries[0].Event.Seq - 1, subject.Head));
        Take(page.Entries);
        return page.Entries[^1].Event.Seq;
    }

    /// <summary>Takes all that the moment of the head needs; gives that head.</summary>
    public long TakeMoment(LogPage page)
    {
        if (page.First > 1) Skip(1, Math.Min(page.First - 1, subject.Head));
        Take(page.Entries);
        return subject.Head;
    }

    public void End()
    {
        Tell();
        writer.End();
    }

    private void Take(ImmutableArray<LogEntry> entries)
    {
        foreach (var entry in entries)
        {
            if (Ended || entry.Event.Seq > subject.Head) break;
            if (Belongs(entry.Event)) Write(entry.Event);
        }
    }

    private void Skip(long from, long to) => missing = (missing?.From ?? from, to);

    private void Write(EncodedEvent happened)
    {
        // What was before its plan is none of the execution's.
        if (!Any && happened.Type == "batch.started") missing = null;
        Tell();
        Any = true;
        writer.Take(happened);
        Ended = subject.Execution is not null && (happened.Type is "tool.completed" or "tool.failed" or "tool.timeout" or "tool.cancelled");
    }

    private void Tell()
    {
        if (missing is { } gap) writer.Missing(gap.From, gap.To);
        missing = null;
    }

    private bool Belongs(EncodedEvent happened) => subject.Execution is not { } execution
        || (happened.Type == "batch.started" ? happened.Json.Span.IndexOf(planned) >= 0 : happened.Target == execution);
}
