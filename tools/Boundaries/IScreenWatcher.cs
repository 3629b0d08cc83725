namespace ToolRuntime.Tools.Boundaries;

/// <summary>Who is told of what matters for boundaries while a stream is read.</summary>
internal interface IScreenWatcher
{
    /// <summary>The cursor is about to leave its line for the next one.</summary>
    void LineEnds();

    /// <summary>The cursor is about to go down, without a line's end.</summary>
    void GoesDown();

    /// <summary>The cursor has gone up.</summary>
    void WentUp();

    /// <summary>A program reads a line, with an editor that tells pasted text apart, or has one (mode 2004).</summary>
    void Reads(bool begins, long at);

    /// <summary>An operating system command that began at <paramref name="at"/>, and <paramref name="after"/> which the stream goes on.</summary>
    void Command(ReadOnlySpan<byte> text, long at, long after);
}
