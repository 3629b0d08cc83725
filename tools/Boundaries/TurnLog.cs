namespace ToolRuntime.Tools.Boundaries;

/// <summary>The turns of an attempt: numbers them, and keeps what is not told yet. At most 100 at once and 10 a second are told, and 10,000 in all; the others are not.</summary>
internal sealed class TurnLog
{
    public const int MaxTurns = 10_000;
    public const int Burst = 100;
    public const int PerSecond = 10;

    private readonly List<TerminalTurn> changes = [];
    private double allowance = Burst;
    private TimeSpan allowedAt;
    private int count;

    /// <summary>The shell's folder.</summary>
    public string? Cwd { get; set; }

    /// <summary>A question was asked; null where there have been too many.</summary>
    public OpenTurn? Begin(string source, string question, long offset, long answerOffset, int? within, TimeSpan asked, TimeSpan now)
    {
        allowance = Math.Min(Burst, allowance + (now - allowedAt).TotalSeconds * PerSecond);
        allowedAt = now;
        if (count == MaxTurns || allowance < 1) return null;
        allowance--;
        var turn = new OpenTurn(new(++count, TurnState.Question, source, offset, Cut(question.Trim()), within, answerOffset, Cwd: Cwd), asked);
        changes.Add(turn.Told);
        return turn;
    }

    /// <summary>It has come that far; nothing where it has been there already.</summary>
    public void Tell(OpenTurn? turn, TurnState state)
    {
        if (turn is null || turn.Told.State >= state) return;
        changes.Add(turn.Told = turn.Told with { State = state });
    }

    /// <summary>It is over.</summary>
    public void Complete(OpenTurn? turn, long end, TimeSpan now, int? exitCode = null)
    {
        if (turn is null || turn.Told.State == TurnState.Complete) return;
        end = Math.Max(end, turn.Told.AnswerOffset ?? turn.Told.Offset);
        var took = Math.Max(0, (long)(now - turn.Asked).TotalMilliseconds);
        changes.Add(turn.Told = turn.Told with { State = TurnState.Complete, EndOffset = end, ExitCode = exitCode, DurationMs = took });
    }

    public IReadOnlyList<TerminalTurn> Take()
    {
        if (changes.Count == 0) return [];
        TerminalTurn[] taken = [.. changes];
        changes.Clear();
        return taken;
    }

    private static string Cut(string text)
    {
        if (text.Length <= TerminalTurn.MaxQuestion) return text;
        return text[..(char.IsHighSurrogate(text[TerminalTurn.MaxQuestion - 1]) ? TerminalTurn.MaxQuestion - 1 : TerminalTurn.MaxQuestion)];
    }
}

/// <summary>A turn that is not over.</summary>
internal sealed class OpenTurn(TerminalTurn told, TimeSpan asked)
{
    public TerminalTurn Told { get; set; } = told;

    public TimeSpan Asked => asked;
}
