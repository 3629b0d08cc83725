using ToolRuntime.Tools;

namespace ToolRuntime.Runners;

/// <summary>
/// The turns at an attempt's terminal between whoever sees them and the log. Guarded by its reporter's lock.
/// Output goes its way whatever becomes of the watch: one that throws is asked no more, and <paramref name="failed"/> is told.
/// </summary>
internal sealed class TurnQueue(ITurnWatch watch, Redactor redactor, Action<Exception> failed)
{
    /// <summary>It was told that nothing more comes, or has failed.</summary>
    public bool Ended { get; private set; }

    /// <summary>When there is something to look at, if nothing else comes.</summary>
    public TimeSpan? Due => Ask(() => watch.Due);

    public void Read(OutputReport output, TimeSpan now) => Ask<object>(() =>
    {
        watch.Read(output.Bytes.Span, now);
        if (output.Dropped > 0) watch.Skip(output.Dropped);
        return null;
    });

    public TurnsReport? Take(TimeSpan now) => Ask(() =>
    {
        if (watch.Due <= now) watch.Tick(now);
        return Told();
    });

    public TurnsReport? End(TimeSpan now)
    {
        var told = Ask(() =>
        {
            watch.End(now);
            return Told();
        });
        Ended = true;
        return told;
    }

    private T? Ask<T>(Func<T?> question)
    {
        if (Ended) return default;
        try
        {
            return question();
        }
        catch (Exception e)
        {
            Ended = true;
            failed(e);
            return default;
        }
    }

    // What a shell says of a command need not be what was echoed.
    private TurnsReport? Told() => watch.Take() is { Count: > 0 } turns ? new([.. turns.Select(Redacted)]) : null;

    private TerminalTurn Redacted(TerminalTurn turn) => turn with
    {
        Question = turn.Question is { } question ? redactor.Redact(question) : null,
        Cwd = turn.Cwd is { } folder ? redactor.Redact(folder) : null,
    };
}
