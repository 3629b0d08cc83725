using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace ToolRuntime.Tools.Web;

/// <summary>
/// Bytes of a page to text, by what browsers go by: the byte order mark, the server's word, the page's own, else UTF-8 if it is valid and
/// Windows-1252 if not.
/// </summary>
internal static partial class PageEncoding
{
    private const int SearchedBytes = 4_096;

    public static string Decode(WebPage page)
    {
        var bytes = page.Bytes.Span;
        var (encoding, mark) = ByMark(bytes);
        encoding ??= WebEncodings.Find(page.Charset) ?? (page.IsHtml ? ByPage(bytes) : null)
            ?? (IsUtf8(bytes, page.Truncated) ? Encoding.UTF8 : WebEncodings.Western);
        return encoding.GetString(bytes[mark..]);
    }

    private static (Encoding?, int) ByMark(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xEF, 0xBB, 0xBF, ..] => (Encoding.UTF8, 3),
        [0xFE, 0xFF, ..] => (Encoding.BigEndianUnicode, 2),
        [0xFF, 0xFE, ..] => (Encoding.Unicode, 2),
        _ => (null, 0),
    };

    private static Encoding? ByPage(ReadOnlySpan<byte> bytes)
    {
        var name = Declared().Match(Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, SearchedBytes)])).Groups["name"];
        // A page whose declaration can be read as ASCII is in no form of UTF-16, whatever it says.
        var found = name.Success ? WebEncodings.Find(name.Value) : null;
        return found is { CodePage: 1200 or 1201 } ? Encoding.UTF8 : ReferenceEquals(found, SingleByteEncoding.UserDefined) ? WebEncodings.Western : found;
    }

    private static bool IsUtf8(ReadOnlySpan<byte> bytes, bool truncated)
    {
        if (Utf8.IsValid(bytes)) return true;
        for (var cut = 1; truncated && cut < 4 && cut < bytes.Length; cut++)
        {
            if (Utf8.IsValid(bytes[..^cut])) return true;
        }

        return false;
    }

    [GeneratedRegex("""<meta[^>]{0,200}charset\s*=\s*["']?\s*(?<name>[A-Za-z0-9_:.-]{1,40})""", RegexOptions.IgnoreCase | RegexOptions.NonBacktracking)]
    private static partial Regex Declared();
}
