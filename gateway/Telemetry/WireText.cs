using System.Text;
using System.Text.RegularExpressions;
using ToolRuntime.Tools;

namespace ToolRuntime.Gateway.Telemetry;

/// <summary>What may be logged of a frame: a beginning, without anything that is, or looks like, a secret.</summary>
internal static partial class WireText
{
    private const string Gone = "[redacted]";

    /// <summary>So much more than is logged is looked at, that no secret is cut before it is recognised.</summary>
    private const int Margin = 4_096;

    /// <param name="frame">UTF-8.</param>
    /// <param name="length">How many characters of it are wanted.</param>
    /// <param name="redactor">Knows the secrets of this process; null where there is none.</param>
    public static string Of(ReadOnlySpan<byte> frame, int length, IRedactor? redactor)
    {
        var looked = Encoding.UTF8.GetString(frame[..Math.Min(frame.Length, (length * 4) + Margin)]);
        var text = Keys().Replace(Escaped().Replace(Members().Replace(looked, $"$1{Gone}"), $"$1{Gone}"), Gone);
        text = Assignments().Replace(text, $"$1{Gone}");
        // What somebody types into a program may be a password.
        if (TypedInput().IsMatch(text)) text = Data().Replace(text, $"$1{Gone}");
        text = redactor?.Redact(text) ?? text;
        if (text.Length > length) text = text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)] + "…";
        return Breaks().Replace(text, " ");
    }

    /// <summary>The text with its addresses cut where their queries begin.</summary>
    public static string WithoutQueries(string text) => Queries().Replace(text, "$1");

    [GeneratedRegex("(https?://[^\\s?#\"')]*)[?#][^\\s\"')]*", AnyCase)]
    private static partial Regex Queries();

    private const string Word = "[A-Za-z0-9_.-]{0,64}";
    private const string Names = Word + "(?:token|secret|passw|authorization|cookie|credential|api_?key|private_?key)" + Word + "|key";
    private const RegexOptions AnyCase = RegexOptions.IgnoreCase | RegexOptions.Singleline | RegexOptions.CultureInvariant;

    [GeneratedRegex("(\"(?:" + Names + ")\"\\s*:\\s*\")(?:[^\"\\\\]|\\\\.)*", AnyCase)]
    private static partial Regex Members();

    /// <summary>The same in JSON that is the text of another.</summary>
    [GeneratedRegex("(\\\\\"(?:" + Names + ")\\\\\"\\s*:\\s*\\\\\")(?:(?!\\\\\").|(?<=\\\\\\\\)\\\\\")*", AnyCase)]
    private static partial Regex Escaped();

    /// <summary>Our own keys, and whatever is behind the name of a scheme.</summary>
    [GeneratedRegex("\\btrk\\.[A-Za-z0-9._-]{20,}|\\b(?:Bearer|Basic)\\s+[A-Za-z0-9+/=._~-]{8,}", AnyCase)]
    private static partial Regex Keys();

    /// <summary>As programs print them: <c>token=abc</c>.</summary>
    [GeneratedRegex("(\\b(?:" + Names + ")=)[^\\s&\"',;\\\\]{3,}", AnyCase)]
    private static partial Regex Assignments();

    [GeneratedRegex("\"type\"\\s*:\\s*\"tool\\.input\"")]
    private static partial Regex TypedInput();

    [GeneratedRegex("(\"data\"\\s*:\\s*\")(?:[^\"\\\\]|\\\\.)*", RegexOptions.Singleline)]
    private static partial Regex Data();

    /// <summary>A frame is one line of the log, whatever it holds.</summary>
    [GeneratedRegex("[\\p{Cc}\\u2028\\u2029]+")]
    private static partial Regex Breaks();
}
