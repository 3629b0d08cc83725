using System.Globalization;
using System.Text;

namespace ToolRuntime.Search;

/// <summary>A word of a text: as it is indexed, and where it stands.</summary>
public readonly record struct SearchWord(string Text, int Start, int Length);

/// <summary>
/// How texts become words, the same for every store, for queries and for snippets: runs of letters and digits, in lower case and without accents, so that paths, addresses and
/// identifiers with <c>_</c> or <c>-</c> are phrases of their parts. Of Chinese and Japanese each character is a word. What is longer than <see cref="MaxLength"/> is known by its beginning.
/// </summary>
public static class SearchWords
{
    /// <summary>Characters of a word that are indexed.</summary>
    public const int MaxLength = 64;

    private const char Separator = '\0';
    private const char Skipped = '\u0001';

    // Each letter with what it becomes. The runtime is without the tables of normalization (InvariantGlobalization).
    private static readonly string[] Accents =
    [
        "aàáâãäåāăą", "cçćĉċč", "dďđ", "eèéêëēĕėęě", "gĝğġģ", "hĥħ", "iìíîïĩīĭįı", "jĵ", "kķ", "lĺļľŀł", "nñńņň", "oòóôõöøōŏő", "rŕŗř", "sśŝşš", "tţťŧ", "uùúûüũūŭůűų", "wŵ", "yýÿŷ", "zźżž",
    ];

    private static readonly char[] Folded = Fold();

    /// <summary>The words of a text, in order.</summary>
    public static IEnumerable<SearchWord> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var word = new char[MaxLength];
        for (var position = 0; Next(text, ref position, word, out var start) is var length and > 0;)
        {
            yield return new(new(word, 0, length), start, position - start);
        }
    }

    /// <summary>Appends the words of a text, each followed by a space.</summary>
    public static void AppendTo(StringBuilder target, ReadOnlySpan<char> text)
    {
        ArgumentNullException.ThrowIfNull(target);
        Span<char> word = stackalloc char[MaxLength];
        for (var position = 0; Next(text, ref position, word, out _) is var length and > 0;) target.Append(word[..length]).Append(' ');
    }

    /// <summary>The next word from a position on, which moves behind it; 0: there is none.</summary>
    private static int Next(ReadOnlySpan<char> text, ref int position, Span<char> word, out int start)
    {
        while (position < text.Length && Folded[text[position]] is Separator or Skipped) position++;
        start = position;
        var length = 0;
        for (; position < text.Length; position++)
        {
            var folded = Folded[text[position]];
            if (folded == Separator) break;
            if (folded == Skipped) continue;
            var alone = IsWordByItself(folded);
            if (alone && length > 0) break;
            if (length < MaxLength) word[length++] = folded;
            if (!alone) continue;
            position++;
            break;
        }

        return length;
    }

    private static bool IsWordByItself(char c) => c is (>= '\u3040' and <= '\u30FF') or (>= '\u3400' and <= '\u9FFF') or (>= '\uF900' and <= '\uFAFF');

    private static char[] Fold()
    {
        var (table, letters) = (new char[char.MaxValue + 1], Letters());
        for (var i = 0; i < table.Length; i++)
        {
            var c = (char)i;
            table[i] = CharUnicodeInfo.GetUnicodeCategory(c) switch
            {
                UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => Skipped,
                _ when char.IsLetterOrDigit(c) => i < 128 ? char.ToLowerInvariant(c) : letters.GetValueOrDefault(char.ToLowerInvariant(c), char.ToLowerInvariant(c)),
                _ => Separator,
            };
        }

        return table;
    }

    private static Dictionary<char, char> Letters()
    {
        var letters = new Dictionary<char, char>();
        foreach (var group in Accents) foreach (var letter in group) letters[letter] = group[0];
        return letters;
    }
}
