namespace ToolRuntime.Tools.Boundaries;

/// <summary>Sees turns at one program by what it prints. Pure: the same stream at the same times gives the same turns, in whatever pieces it comes.</summary>
internal sealed class PromptFrame(BoundaryRule rule, string? program, int? within, TerminalScreen screen, TurnLog log)
{
    /// <summary>A line's text is looked at so far.</summary>
    private const int MostText = TerminalTurn.MaxQuestion + BoundaryRule.MaxLine;

    /// <summary>After so long a question that is still unclear counts as asked.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    /// <summary>A longer text before the cursor is no prompt, unless it looks like one.</summary>
    private const int MostPrompt = 60;

    private const int MostGuesses = 4;

    private enum Mode
    {
        Idle,
        AtPrompt,
        Asked,
        Running,
    }

    private readonly LearnedPrompts prompts = new();
    private readonly Queue<string> guesses = new();
    private Mode mode;
    private bool editor, atContinuation, unsure, typed, bare;
    private string prompt = "", question = "", earlier = "";
    private long promptLine, askLine, askOffset, answerOffset;
    private TimeSpan asked;
    private OpenTurn? turn;

    public string? Program => program;

    public TimeSpan Quiet => rule.Quiet;

    // Nothing stands before what is typed there, so that only how it comes tells it from output.
    private bool IsBare => rule.Learns && !editor && prompt.Length == 0 && (mode == Mode.AtPrompt || (mode == Mode.Asked && atContinuation));

    /// <summary>The turn that what runs in it is part of.</summary>
    public int? Turn => mode == Mode.Running ? turn?.Told.Number : null;

    /// <summary>Whether a question is under way, so that a program in the foreground is part of it.</summary>
    public bool IsAsked => mode is Mode.Asked or Mode.Running;

    /// <summary>When a question becomes clear.</summary>
    public TimeSpan? Due => mode == Mode.Asked && !atContinuation ? asked + Patience : null;

    /// <summary>More is printed, later than what is on the cursor's line: a line that grows is typed, where one that comes at once is printed.</summary>
    public void Grows()
    {
        if (screen.Column > 0 && screen.FirstRow == promptLine) typed = true;
    }

    /// <summary>The line ends that the cursor is on. <paramref name="reads"/>: a line editor is at work, which says itself when a line is taken.</summary>
    public void LineEnds(bool reads, long after, TimeSpan now)
    {
        editor |= reads;
        if (reads) return;
        if (mode == Mode.Running && turn is null or { Told.State: TurnState.Answer } && !(rule.Alone && !editor)) return;
        if (editor) Noted(screen.Cells, now);
        else if (mode == Mode.Asked && now == asked && !rule.Alone) return; // perhaps a menu below the line that is typed
        else Submit(screen.FirstRow, screen.LineText(MostText), screen.LineStart, after, false, now);
    }

    /// <summary>The cursor leaves its line without ending it, as editors do that draw below it.</summary>
    public void GoesDown(long after, TimeSpan now)
    {
        if (mode == Mode.AtPrompt && screen.FirstRow == promptLine) Submit(promptLine, screen.LineText(MostText), screen.LineStart, after, false, now);
    }

    /// <summary>A line was typed that begins at <paramref name="start"/>.</summary>
    public void Submit(long line, string text, long start, long after, bool reads, TimeSpan now)
    {
        editor |= reads;
        text = text.TrimEnd();
        string? rest = null;
        if (IsBare && !reads && !(typed && line == promptLine))
        {
            if (mode == Mode.AtPrompt) mode = Mode.Idle;
            atContinuation = false;
            Noted(text, now);
            return;
        }

        if (mode == Mode.AtPrompt && (line == promptLine || text.StartsWith(prompt, StringComparison.Ordinal)))
        {
            rest = text.StartsWith(prompt, StringComparison.Ordinal) ? text[prompt.Length..] : AfterPrompt(text) ?? (prompt.TrimEnd() == text ? "" : text);
        }
        else if (mode == Mode.Asked && (atContinuation || rule.Continuation(text + " ") is not null))
        {
            var length = atContinuation && text.StartsWith(prompt, StringComparison.Ordinal) ? prompt.Length : Math.Min(text.Length, rule.Continuation(text + " ") ?? 0);
            (earlier, question, atContinuation) = (question, question.Length > MostText ? question : $"{question}\n{text[length..]}", false);
            (askLine, answerOffset, asked) = (line, after, now);
            return;
        }
        else if (reads || rule.Alone)
        {
            rest = AfterPrompt(text) ?? (reads ? text : null);
        }

        if (rest is null) Noted(text, now);
        else Ask(rest, line, start, after, now);
    }

    /// <summary>The cursor went up to <paramref name="line"/>: what looked like a line's end was none, but a hint below it.</summary>
    public void WentUp(long line)
    {
        if (mode != Mode.Asked || editor || line > askLine || atContinuation) return;
        (mode, promptLine) = (Mode.AtPrompt, askLine);
        if (earlier.Length == 0) return;
        (mode, question, atContinuation, earlier) = (Mode.Asked, earlier, true, "");
    }

    /// <summary>Nothing was printed for a while. False: there may be a prompt, but the program does not wait yet.</summary>
    public bool Look(bool reads, int readColumn, long readAt, long end, TerminalUser user, TimeSpan last, TimeSpan now)
    {
        editor |= reads;
        var waits = user.Waits;
        var line = screen.FirstRow;
        var text = screen.TextToCursor(MostText);
        if (line == promptLine && (mode == Mode.AtPrompt || (mode == Mode.Asked && atContinuation)) && !ComesLate(text)) return true;
        if (!reads && !editor && waits == true && prompts.Behind(text) is { } tail)
        {
            Arrive(text, line, end - System.Text.Encoding.UTF8.GetByteCount(tail), last, learn: false);
            return true;
        }

        var found = PromptOf(text, reads) ?? (rule.Learns && !reads && !editor && waits == true ? Unfamiliar(text, user.Reads == true) : null);
        if (found is not null && (reads || (!editor && waits != false)))
        {
            if (IsContinuation(found)) (atContinuation, prompt, promptLine, typed) = (true, found, line, false);
            else Arrive(found, line, reads && readColumn > 0 && readColumn < text.Length ? readAt : screen.LineStart, last); // or it was there before the editor
            return true;
        }

        var below = screen.LineStart >= answerOffset;
        if (mode == Mode.Asked && !atContinuation && below) Resolve(now);
        if (mode == Mode.Running && below) Noted(text, now);
        if (mode == Mode.Running && text.AsSpan().Trim().IsEmpty) log.Tell(turn, TurnState.Thinking);
        return found is null || editor;
    }

    /// <summary>It turned out which program it was all the time.</summary>
    public void TakeOver(PromptFrame guessed)
    {
        if (guessed.mode != Mode.AtPrompt) return;
        (mode, prompt, promptLine, editor, unsure) = (Mode.AtPrompt, guessed.prompt, guessed.promptLine, guessed.editor, guessed.unsure && rule.Learns);
        foreach (var shape in guessed.guesses) guesses.Enqueue(shape);
    }

    /// <summary>A question that was asked has become clear.</summary>
    public void Clear(TimeSpan now)
    {
        if (mode == Mode.Asked) Resolve(now);
    }

    /// <summary>The program has gone, or given up the terminal.</summary>
    public void End(long at, TimeSpan now)
    {
        if (mode == Mode.Asked) Resolve(now);
        if (mode == Mode.Running) log.Complete(turn, at, now);
        (mode, turn, unsure) = (Mode.Idle, null, false);
    }

    private void Ask(string rest, long line, long start, long after, TimeSpan now)
    {
        if (mode is Mode.Asked or Mode.Running) End(start, now);
        rest = rest.Trim();
        mode = Mode.Idle;
        if (rest.Length == 0 || rest.EndsWith("^C", StringComparison.Ordinal)) return;
        (mode, question, earlier, atContinuation) = (Mode.Asked, rest, "", false);
        (askLine, askOffset, answerOffset, asked) = (line, start, after, now);
    }

    private void Arrive(string found, long line, long at, TimeSpan last, bool learn = true)
    {
        var shape = LearnedPrompts.Shape(found);
        var familiar = !learn || editor || prompts.Contains(found) || (found.Length == 0 && (bare || prompts.Any)) || guesses.Contains(shape) || rule.Prompt(found) is not null;
        if (unsure && mode == Mode.Asked) Resolve(last);
        if (unsure && mode == Mode.Running && familiar) turn = log.Begin(rule.Name, question, askOffset, answerOffset, within, asked, last);
        End(at, last);
        (mode, prompt, promptLine, typed, unsure) = (Mode.AtPrompt, found, line, false, !familiar);
        if (!familiar)
        {
            if (guesses.Count == MostGuesses) guesses.Dequeue();
            guesses.Enqueue(shape);
            return;
        }

        if (!learn) return;
        if (found.Length == 0) bare = !prompts.Any;
        else prompts.Add(found);
    }

    // A question at a prompt that is a guess is not told before the prompt has come again.
    private void Resolve(TimeSpan now)
    {
        mode = Mode.Running;
        if (!unsure) turn = log.Begin(rule.Name, question, askOffset, answerOffset, within, asked, now);
    }

    // A line that is no prompt: of the answer, if it says anything.
    private void Noted(ReadOnlySpan<char> text, TimeSpan now)
    {
        if (mode == Mode.Asked) Resolve(now);
        if (mode != Mode.Running || text.Trim().IsEmpty) return;
        log.Tell(turn, rule.IsBusy(text) ? TurnState.Thinking : TurnState.Answer);
        if (rule.IsDone(text)) End(screen.LineStart, now);
    }

    private string? AfterPrompt(string text)
    {
        if (mode == Mode.AtPrompt && text.StartsWith(prompt, StringComparison.Ordinal)) return text[prompt.Length..];
        if (rule.Prompt(text + " ") is { } length && length > 0) return text[Math.Min(length, text.Length)..];
        return prompts.In(text) is { } known ? text[known..] : null;
    }

    private string? PromptOf(string text, bool reads)
    {
        if (prompts.In(text) is { } known && (reads || known == text.Length)) return text[..known];
        var length = rule.Prompt(text);
        if (length == text.Length && (length > 0 || reads)) return text;
        if (mode == Mode.Asked && length is null && text.Length > 0 && rule.Continuation(text) == text.Length) return text;
        if (!reads) return null;
        return length is > 0 ? text[..length.Value] : text;
    }

    // By the rule; or, where that says nothing, another prompt right behind a question, which would else have no answer.
    private bool IsContinuation(string found)
    {
        if (mode != Mode.Asked || screen.LineStart > answerOffset) return false;
        if (found.Length > 0 && rule.Continuation(found) == found.Length) return true;
        return rule.Learns && prompts.Any && (!prompts.Contains(found) || prompts.GoesOn(found));
    }

    // Where a program waits of which nobody knows what its prompts look like: right below a question for a further line of it, else for the next one.
    private string? Unfamiliar(string text, bool readsTerminal)
    {
        if (text.Length > MostPrompt) return null;
        var below = mode == Mode.Asked && screen.LineStart <= answerOffset && prompts.Any;
        if (text.AsSpan().Trim().IsEmpty) return below || (prompts.Any ? mode == Mode.Idle : readsTerminal) ? text : null;
        return below || mode == Mode.Idle || !prompts.Any ? text : null;
    }

    // What has come at once where nothing stood before is a prompt that was late, not something typed.
    private bool ComesLate(string text) => IsBare && !typed && text.Length > 0 && (prompts.In(text) == text.Length || !(bare || prompts.Any));
}
