using System.Globalization;

namespace ToolRuntime.Views;

/// <summary>How a terminal writes: colours and attributes, each by the parameter of SGR that sets it.</summary>
internal sealed class TerminalPen
{
    /// <summary>Characters of a parameter with parts: a colour's, none of which is longer.</summary>
    private const int MostOfParts = 24;

    private readonly SortedDictionary<Part, string> parts = [];

    private enum Part
    {
        Bold,
        Faint,
        Italic,
        Underline,
        Blink,
        Inverse,
        Hidden,
        Struck,
        Overline,
        Foreground,
        Background,
        LineColor,
    }

    public void Clear() => parts.Clear();

    public override string ToString() => parts.Count == 0 ? "" : $"\x1b[{string.Join(';', parts.Values)}m";

    /// <summary>Takes the parameters of one SGR.</summary>
    public void Take(string parameters)
    {
        var each = parameters.Split(';');
        for (var i = 0; i < each.Length; i++)
        {
            var colon = each[i].IndexOf(':', StringComparison.Ordinal);
            if (colon >= 0) TakeParts(each[i], Number(each[i][..colon]));
            else if (Number(each[i]) is 38 or 48 or 58) i += TakeColor(Number(each[i]), each.AsSpan(i + 1));
            else TakeOne(Number(each[i]));
        }
    }

    private static int Number(string text)
    {
        if (text.Length == 0) return 0;
        return text.Length <= 3 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
    }

    private static Part ColorOf(int number) => number switch { 38 => Part.Foreground, 48 => Part.Background, _ => Part.LineColor };

    /// <summary>How many of what follows belong to a colour.</summary>
    private int TakeColor(int number, ReadOnlySpan<string> rest)
    {
        var length = rest.IsEmpty ? 0 : rest[0] switch { "5" => 2, "2" => 4, _ => 0 };
        if (length == 0) return 0;
        if (rest.Length < length) return rest.Length;
        var values = rest[1..length].ToArray().Select(Number).ToArray();
        if (values.Max() <= 255 && values.Min() >= 0) parts[ColorOf(number)] = $"{number};{rest[0]};{string.Join(';', values)}";
        return length;
    }

    private void TakeParts(string whole, int number)
    {
        if (whole.Length > MostOfParts) return;
        if (number is 38 or 48 or 58) parts[ColorOf(number)] = whole;
        else if (number == 4 && whole == "4:0") parts.Remove(Part.Underline);
        else if (number == 4) parts[Part.Underline] = whole;
    }

    private void TakeOne(int number)
    {
        switch (number)
        {
            case 0:
                Clear();
                break;
            case >= 1 and <= 9 or 21 or 53:
                parts[PartOf(number)] = number.ToString(CultureInfo.InvariantCulture);
                break;
            case 22:
                parts.Remove(Part.Bold);
                parts.Remove(Part.Faint);
                break;
            case 23 or 24 or 25 or 27 or 28 or 29:
                parts.Remove(PartOf(number - 20));
                break;
            case (>= 30 and <= 37) or (>= 90 and <= 97):
                parts[Part.Foreground] = number.ToString(CultureInfo.InvariantCulture);
                break;
            case (>= 40 and <= 47) or (>= 100 and <= 107):
                parts[Part.Background] = number.ToString(CultureInfo.InvariantCulture);
                break;
            case 39 or 49 or 59:
                parts.Remove(ColorOf(number - 1));
                break;
            case 55:
                parts.Remove(Part.Overline);
                break;
        }
    }

    private static Part PartOf(int number) => number switch
    {
        1 => Part.Bold,
        2 => Part.Faint,
        3 => Part.Italic,
        4 or 21 => Part.Underline,
        5 or 6 => Part.Blink,
        7 => Part.Inverse,
        8 => Part.Hidden,
        9 => Part.Struck,
        _ => Part.Overline,
    };
}
