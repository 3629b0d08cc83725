using ToolRuntime.Tools;

namespace ToolRuntime.Runners;

/// <summary>The turns at an attempt's terminal between whoever sees them and the log. Guarded by its reporter's lock.</summary>
internal sealed class TurnQueue(ITurnWatch watch, Redactor redactor)
{
    /// <summary>It was told that nothing more comes.</summary>
    public bool Ended { get; private set; }

    /// <summary>When there is something to look at, if nothing else comes.</summary>
    public TimeSpan? Due => Ended ? null : watch.Due;

    public void Read(OutputReport output, TimeSpan now)
    {
        watch.Read(output.Bytes.Span, now);
        if (output.Dropped > 0) watch.Skip(output.Dropped);
    }

    public TurnsReport? Take(TimeSpan now)
    {
        if (!Ended && watch.Due <= now) watch.Tick(now);
        return Told();
    }

    public TurnsReport? End(TimeSpan now)
    {
        if (Ended) return null;
        Ended = true;
        watch.End(now);
        return Told();
    }

    // What a shell says of a command need not be what was echoed.
    private TurnsReport? Told() => watch.Take() is { Count: > 0 } turns ? new([.. turns.Select(Redacted)]) : null;

    private TerminalTurn Redacted(TerminalTurn turn) => turn with
    {
        Question = turn.Question is { } question ? redactor.Redact(question) : null,
        Cwd = turn.Cwd is { } folder ? redactor.Redact(folder) : null,
    };
}
