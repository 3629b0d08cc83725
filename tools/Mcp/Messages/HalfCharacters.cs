namespace ToolRuntime.Tools.Mcp.Messages;

/// <summary>Escapes of half a character, <c>\ud83d</c> without its other half: legal JSON, but who reads it as text fails.</summary>
internal static class HalfCharacters
{
    private const int EscapeLength = 6;

    /// <summary>The JSON with U+FFFD in their place; null if there are none.</summary>
    public static byte[]? Replace(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf("\\ud"u8) < 0 && json.IndexOf("\\uD"u8) < 0) return null;
        byte[]? replaced = null;
        for (var at = 0; at < json.Length;)
        {
            var next = json[at..].IndexOf((byte)'\\');
            if (next < 0) break;
            at += next;
            switch (HalfOf(json[at..]))
            {
                case Half.First when HalfOf(json[(at + EscapeLength)..]) == Half.Second:
                    at += 2 * EscapeLength;
                    break;
                case Half.First or Half.Second:
                    replaced ??= json.ToArray();
                    "\\ufffd"u8.CopyTo(replaced.AsSpan(at));
                    at += EscapeLength;
                    break;
                default:
                    // The backslash and what it escapes.
                    at += 2;
                    break;
            }
        }

        return replaced;
    }

    private static Half HalfOf(ReadOnlySpan<byte> text) =>
        text is [(byte)'\\', (byte)'u', (byte)'d' or (byte)'D', var nibble, var third, var fourth, ..]
        && char.IsAsciiHexDigit((char)third) && char.IsAsciiHexDigit((char)fourth)
        ? (char)nibble switch
        {
            '8' or '9' or 'a' or 'b' or 'A' or 'B' => Half.First,
            >= 'c' and <= 'f' or >= 'C' and <= 'F' => Half.Second,
            _ => Half.None,
        }
        : Half.None;

    private enum Half
    {
        None,
        First,
        Second,
    }
}
