using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ToolRuntime;

/// <summary>Surrogates without their other half, which UTF-8 can't hold and .NET's JSON refuses: U+FFFD takes their place.</summary>
public static class HalfCharacters
{
    private const char Replacement = '\uFFFD';

    /// <summary>The text with each half character replaced; the same instance where there is none.</summary>
    public static string Mend(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        StringBuilder? mended = null;
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1])) i++;
            else (mended ??= new(text))[i] = Replacement;
        }

        return mended?.ToString() ?? text;
    }

    /// <summary>JSON with each half character replaced, written as itself or as an escape.</summary>
    public static string MendJson(string json)
    {
        var text = Mend(json);
        StringBuilder? mended = null;
        for (var i = text.IndexOf('\\', StringComparison.Ordinal); i >= 0; i = text.IndexOf('\\', i))
        {
            var length = 2;
            if (Escaped(text, i) is { } first && char.IsSurrogate(first))
            {
                length = 6;
                if (Escaped(text, i + 6) is { } second && char.IsSurrogatePair(first, second)) length = 12;
                else (mended ??= new(text)).Remove(i, 6).Insert(i, "\\ufffd");
            }

            i += length;
            if (i >= text.Length) break;
        }

        return mended?.ToString() ?? text;
    }

    /// <summary>A JSON string's text as it is, halves of characters included.</summary>
    public static string? Read(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException) when (element.ValueKind == JsonValueKind.String)
        {
            return Unescape(element.GetRawText().AsSpan()[1..^1]);
        }
    }

    private static char? Escaped(string text, int at) =>
        at + 6 <= text.Length && text[at] == '\\' && text[at + 1] == 'u'
        && ushort.TryParse(text.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            ? (char)code
            : null;

    private static string Unescape(ReadOnlySpan<char> raw)
    {
        var text = new StringBuilder(raw.Length);
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\')
            {
                text.Append(raw[i]);
                continue;
            }

            i++;
            if (raw[i] == 'u')
            {
                text.Append((char)ushort.Parse(raw.Slice(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += 4;
            }
            else
            {
                text.Append(raw[i] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', var itself => itself });
            }
        }

        return text.ToString();
    }
}
