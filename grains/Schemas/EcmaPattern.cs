using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ToolRuntime.Schemas;

/// <summary>
/// Makes .NET's regular expressions mean what ECMA-262's do (with the <c>u</c> flag): ASCII classes, <c>$</c> only at the very end,
/// <c>.</c> a whole character but no line end, <c>\u{..}</c>. A negated class still takes a character beyond U+FFFF as two.
/// </summary>
internal static class EcmaPattern
{
    private const string AnyCharacter = @"(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|[^\n\r\u2028\u2029])";

    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(100);

    /// <summary>Linear where .NET can make it so, else with a time-out of 100 ms.</summary>
    /// <exception cref="ArgumentException">It is malformed.</exception>
    public static Regex Compile(string pattern)
    {
        var translated = Translate(pattern);
        try
        {
            return new(translated, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, Timeout);
        }
        catch (NotSupportedException)
        {
            return new(translated, RegexOptions.CultureInvariant, Timeout);
        }
    }

    private static string Translate(string pattern)
    {
        var result = new StringBuilder();
        var inClass = false;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            switch (c)
            {
                case '\\' when i + 1 < pattern.Length:
                    i = Escape(pattern, i + 1, inClass, result);
                    break;
                case '[' when inClass:
                    result.Append(@"\[");
                    break;
                case '[' or ']':
                    inClass = c == '[';
                    result.Append(c);
                    break;
                case '$' when !inClass:
                    result.Append(@"\z");
                    break;
                case '.' when !inClass:
                    result.Append(AnyCharacter);
                    break;
                default:
                    result.Append(c);
                    break;
            }
        }

        return result.ToString();
    }

    // Returns where the escape ends.
    private static int Escape(string pattern, int i, bool inClass, StringBuilder result)
    {
        if (pattern[i] == 'u' && i + 1 < pattern.Length && pattern[i + 1] == '{' && pattern.IndexOf('}', i) is var end and > 0)
        {
            var character = char.ConvertFromUtf32(
                int.Parse(pattern.AsSpan(i + 2, end - i - 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            foreach (var unit in character) result.Append(CultureInfo.InvariantCulture, $@"\u{(int)unit:X4}");
            return end;
        }

        result.Append((pattern[i], inClass) switch
        {
            ('d', false) => "[0-9]",
            ('d', true) => "0-9",
            ('D', false) => "[^0-9]",
            ('w', false) => "[A-Za-z0-9_]",
            ('w', true) => "A-Za-z0-9_",
            ('W', false) => "[^A-Za-z0-9_]",
            ('/', _) => "/",
            ('-', _) => @"\-",
            _ => $@"\{pattern[i]}",
        });
        return i;
    }
}
