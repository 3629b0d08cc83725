using System.Globalization;
using System.Text;

namespace ToolRuntime.Tools.Boundaries;

/// <summary>
/// The prompts of one program that were there before: up to eight, their numbers aside. Of the numbers it knows which have always stayed and which have always changed,
/// so that a prompt for a further line of a question is told from one for the next question.
/// </summary>
internal sealed class LearnedPrompts
{
    private const int Most = 8;

    /// <summary>So often must a number have stayed, or changed, to be expected to.</summary>
    private const int Often = 2;

    private readonly List<Learned> all = [];

    public bool Any => all.Count > 0;

    /// <summary>The text with each number as one zero.</summary>
    public static string Shape(string text)
    {
        var shape = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c)) shape.Append(c);
            else if (shape.Length == 0 || shape[^1] != '0') shape.Append('0');
        }

        return shape.ToString();
    }

    public bool Contains(string prompt) => Find(prompt) is not null;

    /// <summary>A question may be asked at it.</summary>
    public void Add(string prompt)
    {
        if (Find(prompt) is { } known)
        {
            known.Follow(Numbers(prompt));
            return;
        }

        if (all.Count == Most) all.RemoveAt(0);
        all.Add(new(Shape(prompt), Numbers(prompt)));
    }

    /// <summary>Whether its numbers are not those of a next question: one that has always stayed has changed, or one that has always changed has stayed.</summary>
    public bool GoesOn(string prompt) => Find(prompt) is { } known && known.GoesOn(Numbers(prompt));

    /// <summary>How long the one is that the text begins with; null: none.</summary>
    public int? In(string text)
    {
        foreach (var learned in all)
        {
            if (Match(learned.Shape, text) is { } length) return length;
        }

        return null;
    }

    /// <summary>One that is the end of the text, behind something else.</summary>
    public string? Behind(string text)
    {
        if (!Any || text.Length > BoundaryRule.MaxLine || In(text) is not null) return null;
        for (var at = 1; at < text.Length - 1; at++)
        {
            if (In(text[at..]) == text.Length - at) return text[at..];
        }

        return null;
    }

    private Learned? Find(string prompt)
    {
        var shape = Shape(prompt);
        return all.Find(learned => learned.Shape == shape);
    }

    private static int? Match(string shape, string text)
    {
        var at = 0;
        foreach (var c in shape)
        {
            if (c == '0' && at < text.Length && char.IsAsciiDigit(text[at]))
            {
                while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
            }
            else if (at >= text.Length || text[at++] != c)
            {
                return null;
            }
        }

        return at;
    }

    private static long[] Numbers(string text)
    {
        List<long> numbers = [];
        for (var at = 0; at < text.Length; at++)
        {
            var from = at;
            while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
            if (at > from) numbers.Add(long.TryParse(text.AsSpan(from, at - from), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1);
        }

        return [.. numbers];
    }

    private sealed class Learned(string shape, long[] numbers)
    {
        private readonly int[] stayed = new int[numbers.Length];
        private readonly int[] changed = new int[numbers.Length];

        public string Shape => shape;

        public void Follow(long[] next)
        {
            for (var i = 0; i < next.Length; i++)
            {
                if (next[i] == numbers[i]) stayed[i]++;
                else changed[i]++;
                numbers[i] = next[i];
            }
        }

        public bool GoesOn(long[] next)
        {
            for (var i = 0; i < next.Length; i++)
            {
                var same = next[i] == numbers[i];
                if (same ? stayed[i] == 0 && changed[i] >= Often : changed[i] == 0 && stayed[i] >= Often) return true;
            }

            return false;
        }
    }
}
