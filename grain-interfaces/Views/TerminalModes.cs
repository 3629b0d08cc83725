namespace ToolRuntime.Views;

/// <summary>
/// What a terminal was told that lasts longer than what it shows: the alternate screen, the scroll region, character sets, modes of keys,
/// mouse and cursor, colours. Kept as the shortest control sequences that tell it again, so that a text whose beginning is cut off can be
/// shown all the same.
/// </summary>
public static class TerminalModes
{
    /// <summary>
    /// The modes after more text: <c>After(After(m, a), b)</c> equals <c>After(m, a + b)</c> wherever the text is divided, also within a
    /// sequence, whose beginning then ends what is returned. Written to a fresh terminal, with what follows the text written behind it, they
    /// leave it in the modes that all of the text would have.
    /// </summary>
    /// <param name="modes">What this returned for the text before; empty for none.</param>
    /// <param name="text">What was printed since.</param>
    public static string After(string modes, ReadOnlySpan<char> text)
    {
        if (modes.Length == 0 && TerminalModesReader.SaysNothing(text)) return "";
        var reader = new TerminalModesReader();
        reader.Read(modes);
        reader.Read(text);
        return reader.ToString();
    }
}
