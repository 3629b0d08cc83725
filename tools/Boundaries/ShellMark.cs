using System.Globalization;
using System.Text;

namespace ToolRuntime.Tools.Boundaries;

/// <summary>What a shell says by OSC 133 or 633.</summary>
/// <param name="Kind">Its letter.</param>
/// <param name="IsEditors">Whether it is of the 633 family, which our integration speaks.</param>
/// <param name="Text">Of <c>E</c> the command, of <c>P</c> the property.</param>
/// <param name="ExitCode">Of <c>D</c>, where it says one.</param>
internal readonly record struct ShellMark(char Kind, bool IsEditors, string? Text = null, int? ExitCode = null)
{
    /// <summary>Null where it is another command of the terminal, or one that is not believed: a command line without the nonce.</summary>
    public static ShellMark? Read(ReadOnlySpan<byte> command, string? nonce)
    {
        var editors = command.StartsWith("633;"u8);
        if (!editors && !command.StartsWith("133;"u8)) return null;
        var text = Encoding.UTF8.GetString(command[4..]);
        var fields = text.Split(';');
        if (fields[0] is not [var kind]) return null;
        return kind switch
        {
            'A' or 'B' or 'C' => new(kind, editors),
            'D' => new(kind, editors, ExitCode: fields.Length > 1 && int.TryParse(fields[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var code) ? code : null),
            'E' when editors && nonce is not null && fields.Length > 2 && fields[^1] == nonce => new(kind, true, Unescape(fields[1])),
            'P' when editors && fields.Length > 1 => new(kind, true, Unescape(fields[1])),
            _ => null,
        };
    }

    // \\ is a backslash, \xHH a byte; the rest stands as it is.
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal)) return text;
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                plain.Append(text[i]);
            }
            else if (text[i + 1] == 'x' && i + 3 < text.Length && int.TryParse(text.AsSpan(i + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                plain.Append((char)code);
                i += 3;
            }
            else
            {
                plain.Append(text[++i]);
            }
        }

        return plain.ToString();
    }
}
