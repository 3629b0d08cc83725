namespace ToolRuntime.Tools.Boundaries;

/// <summary>Sees turns at one program by what it prints. Pure: the same stream at the same times gives the same turns, in whatever pieces it comes.</summary>
internal sealed class PromptFrame(BoundaryRule rule, string? program, int? within, TerminalScreen screen, TurnLog log)
{
    /// <summary>A line's text is looked at so far.</summary>
    private const int MostText = TerminalTurn.MaxQuestion + BoundaryRule.MaxLine;

    private const int MostPrompts = 8;

    /// <summary>After so long a question that is still unclear counts as asked.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private enum Mode
    {
        Idle,
        AtPrompt,
        Asked,
        Running,
    }

    private readonly List<string> prompts = [];
    private Mode mode;
    private bool editor, atContinuation;
    private string prompt = "", question = "", earlier = "";
    private long promptLine, askLine, askOffset, answerOffset;
    private TimeSpan asked;
    private OpenTurn? turn;

    public string? Program => program;

    public TimeSpan Quiet => rule.Quiet;

    /// <summary>The turn that what runs in it is part of.</summary>
    public int? Turn => mode == Mode.Running ? turn?.Told.Number : null;

    /// <summary>Whether a question is under way, so that a program in the foreground is part of it.</summary>
    public bool IsAsked => mode is Mode.Asked or Mode.Running;

    /// <summary>When a question becomes clear.</summary>
    public TimeSpan? Due => mode == Mode.Asked && !atContinuation ? asked + Patience : null;

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
    public bool Look(bool reads, int readColumn, long readAt, long end, bool? waits, TimeSpan last, TimeSpan now)
    {
        editor |= reads;
        var line = screen.FirstRow;
        if (line == promptLine && (mode == Mode.AtPrompt || (mode == Mode.Asked && atContinuation))) return true;
        var text = screen.TextToCursor(MostText);
        if (!reads && !editor && waits == true && Tail(text) is { } tail)
        {
            Arrive(text, line, end - System.Text.Encoding.UTF8.GetByteCount(tail), last, learn: false);
            return true;
        }

        var found = PromptOf(text, reads);
        if (found is not null && (reads || (!editor && waits != false)))
        {
            if (IsContinuation(found)) (atContinuation, prompt, promptLine) = (true, found, line);
            else Arrive(found, line, reads && readColumn > 0 ? readAt : screen.LineStart, last);
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
        if (guessed.mode == Mode.AtPrompt) (mode, prompt, promptLine, editor) = (Mode.AtPrompt, guessed.prompt, guessed.promptLine, guessed.editor);
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
        (mode, turn) = (Mode.Idle, null);
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
        End(at, last);
        (mode, prompt, promptLine) = (Mode.AtPrompt, found, line);
        var shape = Shape(found);
        if (!learn || prompts.Contains(shape)) return;
        if (prompts.Count == MostPrompts) prompts.RemoveAt(0);
        prompts.Add(shape);
    }

    private void Resolve(TimeSpan now)
    {
        mode = Mode.Running;
        turn = log.Begin(rule.Name, question, askOffset, answerOffset, within, asked, now);
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
        return Known(text) is { } known ? text[known..] : null;
    }

    private string? PromptOf(string text, bool reads)
    {
        if (Known(text) is { } known && (reads || known == text.Length)) return text[..known];
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
        return rule.Continuation(found) == found.Length || (!rule.Alone && prompts.Count > 0 && !prompts.Contains(Shape(found)) && rule.Name == "generic");
    }

    // How long a prompt is that was there before, its numbers aside, and that the text begins with.
    private int? Known(string text)
    {
        foreach (var shape in prompts)
        {
            if (shape.Length > 0 && Match(shape, text) is { } length) return length;
        }

        return null;
    }

    // A known prompt behind output that did not end its line.
    private string? Tail(string text)
    {
        if (prompts.Count == 0 || text.Length > BoundaryRule.MaxLine || Known(text) is not null) return null;
        for (var at = 1; at < text.Length; at++)
        {
            if (Known(text[at..]) == text.Length - at && text.Length - at > 1) return text[at..];
        }

        return null;
    }

    private static int? Match(string shape, string text)
    {
        var at = 0;
        foreach (var c in shape)
        {
            if (c == '0' && at < text.Length && char.IsAsciiDigit(text[at]))
            {
                while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
            }
            else if (at >= text.Length || text[at++] != c)
            {
                return null;
            }
        }

        return at;
    }

    private static string Shape(string text)
    {
        var shape = new System.Text.StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c)) shape.Append(c);
            else if (shape.Length == 0 || shape[^1] != '0') shape.Append('0');
        }

        return shape.ToString();
    }
}
