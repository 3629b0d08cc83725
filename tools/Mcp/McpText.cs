namespace ToolRuntime.Tools.Mcp;

/// <summary>Bounds text of a server.</summary>
internal static class McpText
{
    /// <summary>At most so many characters, never half of one.</summary>
    public static string Shorten(string text, int max)
    {
        if (text.Length <= max) return text;
        return $"{text.AsSpan(0, char.IsHighSurrogate(text[max - 1]) ? max - 1 : max)}…";
    }
}
