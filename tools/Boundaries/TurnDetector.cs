namespace ToolRuntime.Tools.Boundaries;

/// <summary>
/// Sees the turns in a terminal's stream: at a shell by its marks, at what runs in it by the rules for programs. Bounded: a screen, a command of 8 KB, four programs
/// in each other. The same stream at the same times gives the same turns, in whatever pieces it comes.
/// </summary>
internal sealed class TurnDetector : ITurnWatch, IScreenWatcher
{
    private const int MostFrames = 4;
    private const int MostLooks = 10;

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(20);

    private readonly BoundaryRules rules;
    private readonly ITerminalProbe? probe;
    private readonly TerminalScreen screen;
    private readonly TerminalReader reader;
    private readonly TurnLog log = new();
    private readonly ShellTurns shell;
    private readonly List<PromptFrame> frames = [];
    private TimeSpan now, last;
    private TimeSpan? look;
    private string? shellProgram;
    private bool reads;
    private int looks, readColumn;
    private long readLine, readAt;
    private (long Line, string Text, long Start, long After)? typed;
    private object? resized;

    /// <param name="rules">For programs.</param>
    /// <param name="size">The terminal's.</param>
    /// <param name="program">What runs at first; null: nobody knows.</param>
    /// <param name="probe">Says what runs later; null: nobody knows.</param>
    /// <param name="nonce">What our shell integration says its commands with.</param>
    public TurnDetector(BoundaryRules rules, TerminalSize size, string? program, ITerminalProbe? probe, string? nonce)
    {
        (this.rules, this.probe) = (rules, probe);
        screen = new(size);
        reader = new(screen, this);
        shell = new(nonce, screen, log);
        Push(program);
        look = LookAgain; // there are programs that wait without having printed anything
    }

    public TimeSpan? Due
    {
        get
        {
            var due = Earlier(look, shell.Due);
            return frames.Count > 0 ? Earlier(due, frames[^1].Due) : due;
        }
    }

    /// <summary>The terminal has another size; may be called by any thread.</summary>
    public void Resize(TerminalSize size) => Volatile.Write(ref resized, size);

    public void Read(ReadOnlySpan<byte> bytes, TimeSpan at)
    {
        if (bytes.IsEmpty) return;
        if (Interlocked.Exchange(ref resized, null) is TerminalSize size) screen.Resize(size, reader.Offset);
        Tick(at);
        if (at > last) Top?.Grows();
        (now, last, looks) = (at, at, 0);
        reader.Read(bytes);
        if (!screen.Alternate) LookAt(at + (reads && readLine == screen.Line ? Soon : frames.Count > 0 ? frames[^1].Quiet : LookAgain));
    }

    public void Skip(long bytes) => reader.Skip(bytes);

    public void Tick(TimeSpan at)
    {
        while (Due is { } due && due <= at)
        {
            now = due;
            if (look <= due) Look();
            else Unclear();
        }
    }

    public void End(TimeSpan at)
    {
        Tick(at);
        now = at;
        EndFrames(0, reader.Offset);
        shell.End(reader.Offset, null, at);
        look = null;
    }

    public IReadOnlyList<TerminalTurn> Take() => log.Take();

    void IScreenWatcher.LineEnds()
    {
        var after = reader.Offset + 1;
        if (shell.Runs) shell.Noted();
        if (reads && OwnPrompt) typed = (screen.FirstRow, screen.LineText(TerminalTurn.MaxQuestion + BoundaryRule.MaxLine), StartOf(), after);
        if (Top is { } top) top.LineEnds(reads, after, now);
    }

    void IScreenWatcher.GoesDown()
    {
        if (!reads) Top?.GoesDown(reader.Offset + 1, now);
    }

    void IScreenWatcher.WentUp()
    {
        typed = null;
        Top?.WentUp(screen.Line);
    }

    void IScreenWatcher.Reads(bool begins, long at)
    {
        if (reads) Submit();
        (reads, typed) = (begins, null);
        if (begins) (readLine, readColumn, readAt) = (screen.Line, screen.Column, at);
    }

    void IScreenWatcher.Command(ReadOnlySpan<byte> text, long at, long after)
    {
        if (!text.StartsWith("133;"u8) && !text.StartsWith("633;"u8)) return;
        var spoke = shell.Speaks;
        var open = frames.Count;
        if (shell.Mark(text, at, after, now)) EndFrames(0, at);
        if (spoke || !shell.Speaks) return;
        shellProgram = open > 0 ? frames[0].Program : null;
        EndFrames(0, at); // the shell says by itself what was guessed so far
    }

    // Where the prompts of rules are looked for: not while the shell that marks its own has the terminal.
    private PromptFrame? Top => frames.Count > 0 && OwnPrompt ? frames[^1] : null;

    private bool OwnPrompt => !shell.Speaks || shell.Runs;

    private long StartOf() => readLine == screen.FirstRow && readColumn > 0 ? readAt : screen.LineStart;

    // An editor has taken a line.
    private void Submit()
    {
        if (Top is not { } top) return;
        var (line, text, start, after) = typed ?? (screen.FirstRow, screen.LineText(TerminalTurn.MaxQuestion + BoundaryRule.MaxLine), StartOf(), reader.Offset + 1);
        if (line >= readLine) top.Submit(line, text, start, after, true, now);
    }

    private void Look()
    {
        look = null;
        var user = probe?.Look() ?? default;
        if (user.Program is { } program) Follow(program);
        shell.Tick(now);
        if (screen.Alternate || Top is not { } top) return;
        var here = reads && screen.FirstRow >= readLine;
        if (!top.Look(here, readColumn, readAt, reader.Offset, user, last, now) && ++looks < MostLooks) LookAt(now + LookAgain);
    }

    private void Unclear()
    {
        shell.Tick(now);
        if (frames.Count > 0 && frames[^1].Due <= now) frames[^1].Look(false, 0, 0, reader.Offset, new(null, false), last, now);
        if (frames.Count > 0 && frames[^1].Due <= now) frames[^1].Clear(now);
    }

    // Another program has the terminal than before.
    private void Follow(string program)
    {
        if (shell.Speaks && !shell.Runs)
        {
            shellProgram = program;
            return;
        }

        if (shell.Speaks && program == shellProgram)
        {
            EndFrames(0, screen.LineStart);
            return;
        }

        if (frames.Count > 0 && frames[^1].Program == program) return;
        var known = frames.FindIndex(frame => frame.Program == program);
        if (known >= 0)
        {
            EndFrames(known + 1, screen.LineStart);
            return;
        }

        var guessed = frames.Count > 0 && frames[^1] is { Program: null, IsAsked: false } top ? top : null;
        if (guessed is not null) frames.RemoveAt(frames.Count - 1);
        else if (frames.Count > 0 && (frames.Count == MostFrames || !frames[^1].IsAsked)) EndFrames(frames.Count - 1, screen.LineStart);
        Push(program);
        if (guessed is not null) frames[^1].TakeOver(guessed);
    }

    private void Push(string? program)
    {
        // What runs in it answers its question.
        if (frames.Count > 0) frames[^1].Clear(now);
        frames.Add(new(rules.For(program), program, frames.Count > 0 ? frames[^1].Turn : shell.Turn, screen, log));
    }

    private void EndFrames(int from, long at)
    {
        for (var i = frames.Count - 1; i >= from; i--) frames[i].End(at, last);
        frames.RemoveRange(from, frames.Count - from);
    }

    private void LookAt(TimeSpan at) => look = at;

    private static TimeSpan? Earlier(TimeSpan? one, TimeSpan? other) => one is null || other < one ? other ?? one : one;
}
