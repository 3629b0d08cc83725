namespace ToolRuntime.Tools.Boundaries;

/// <summary>Sees turns at a shell that marks them by OSC 133 or 633. Once it has said a command with the nonce, only 633 counts.</summary>
internal sealed class ShellTurns(string? nonce, TerminalScreen screen, TurnLog log)
{
    /// <summary>After so long without output it counts as thinking.</summary>
    private static readonly TimeSpan Thinking = TimeSpan.FromMilliseconds(250);

    private const string Folder = "Cwd=";
    private const int MostFolder = 1_000;

    private bool trusted, printed;
    private long promptAt, promptLine;
    private int promptColumn;
    private string? command;
    private OpenTurn? turn;

    /// <summary>Whether the shell marks its turns.</summary>
    public bool Speaks { get; private set; }

    /// <summary>Whether a command runs; else it is the shell's own prompt.</summary>
    public bool Runs { get; private set; }

    public int? Turn => Runs ? turn?.Told.Number : null;

    public TimeSpan? Due => Runs && !printed && turn is { Told.State: TurnState.Question } ? turn.Asked + Thinking : null;

    /// <summary>True where a command has ended, and with it what ran in it.</summary>
    public bool Mark(ReadOnlySpan<byte> text, long at, long after, TimeSpan now)
    {
        if (ShellMark.Read(text, nonce) is not { } mark || (trusted && !mark.IsEditors)) return false;
        Speaks = true;
        switch (mark.Kind)
        {
            case 'A':
                var ended = Runs;
                End(at, null, now);
                promptAt = at;
                return ended;
            case 'B':
                (promptLine, promptColumn, command) = (screen.Line, screen.Column, null);
                return false;
            case 'E':
                (trusted, command) = (true, mark.Text);
                return false;
            case 'C' when !Runs:
                Begin(mark.IsEditors ? "osc633" : "osc133", after, now);
                return false;
            case 'D':
                var ran = Runs;
                End(at, mark.ExitCode, now);
                return ran;
            case 'P' when mark.Text!.StartsWith(Folder, StringComparison.Ordinal) && mark.Text.Length <= MostFolder:
                log.Cwd = mark.Text[Folder.Length..];
                return false;
            default:
                return false;
        }
    }

    /// <summary>A line ends, or nothing more is printed for now.</summary>
    public void Noted()
    {
        if (!Runs || printed || screen.Cells.Trim().IsEmpty) return;
        printed = true;
        log.Tell(turn, TurnState.Answer);
    }

    public void Tick(TimeSpan now)
    {
        Noted();
        if (Due <= now) log.Tell(turn, TurnState.Thinking);
    }

    public void End(long at, int? exitCode, TimeSpan now)
    {
        if (!Runs) return;
        Noted();
        log.Complete(turn, at, now, exitCode);
        (Runs, turn) = (false, null);
    }

    private void Begin(string source, long after, TimeSpan now)
    {
        var question = command ?? screen.TextFrom(promptLine, promptColumn, TerminalTurn.MaxQuestion).Trim();
        (Runs, printed, command) = (true, false, null);
        turn = question.Length == 0 ? null : log.Begin(source, question, promptAt, after, null, now, now);
    }
}
