using System.Globalization;

namespace ToolRuntime.Views;

/// <summary>The modes themselves, each by the sequence that sets it, in the order in which they are told again.</summary>
internal sealed class TerminalModeSet
{
    private readonly SortedDictionary<Mode, string> modes = [];
    private readonly TerminalPen pen = new();

    private enum Mode
    {
        NormalRegion,
        Alternate,
        AlternateRegion,
        FirstSet,
        SecondSet,
        Shifted,
        CursorKeys,
        Reverse,
        Origin,
        NoWrap,
        NoCursor,
        BackWrap,
        Mouse,
        MouseCoding,
        Focus,
        Paste,
        Insert,
        NewLine,
        Keypad,
        CursorStyle,
    }

    public override string ToString() => string.Concat(modes.Values) + pen;

    public void Shift(bool shifted) => Set(Mode.Shifted, shifted ? "\x0e" : null);

    /// <summary><c>ESC</c>, what comes between, and the end.</summary>
    public void Escape(string between, char end)
    {
        switch (between, end)
        {
            case ("", 'c'):
                modes.Clear();
                pen.Clear();
                break;
            case ("", '8'):
                Restore();
                break;
            case ("", '='):
                Set(Mode.Keypad, "\x1b=");
                break;
            case ("", '>'):
                Set(Mode.Keypad, null);
                break;
            case ("(", _):
                Set(Mode.FirstSet, end == 'B' ? null : $"\x1b({end}");
                break;
            case (")", _):
                Set(Mode.SecondSet, end == 'B' ? null : $"\x1b){end}");
                break;
        }
    }

    /// <summary><c>ESC [</c>, what comes between, and the end.</summary>
    public void Control(string between, char end)
    {
        switch (between, end)
        {
            case ("!", 'p'):
                Soften();
                return;
            case ([.. var style, ' '], 'q'):
                SetStyle(style);
                return;
            case (['?', .. var asked], 'h' or 'l') when Numbers(asked) is { } numbers:
                foreach (var number in numbers) Private(number, end == 'h');
                return;
            case (_, 'h' or 'l') when Numbers(between) is { } numbers:
                foreach (var number in numbers) Ansi(number, end == 'h');
                return;
            case (_, 'r') when Numbers(between) is { } edges:
                Region(edges);
                return;
            case (_, 'u') when between.Length == 0:
                Restore();
                return;
            case (_, 'm') when between.AsSpan().IndexOfAnyExceptInRange('0', ';') < 0:
                pen.Take(between);
                return;
        }
    }

    private static int[]? Numbers(string text)
    {
        var parts = text.Split(';');
        var numbers = new int[parts.Length];
        for (var i = 0; i < parts.Length; i++) if (!IsNumber(parts[i], out numbers[i])) return null;
        return numbers;
    }

    private static bool IsNumber(string text, out int number)
    {
        number = 0;
        return text.Length == 0 || (text.Length <= 5 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number));
    }

    private void Private(int number, bool on)
    {
        var told = $"\x1b[?{number}{(on ? 'h' : 'l')}";
        switch (number)
        {
            case 1 or 5 or 6 or 45 or 1004 or 2004:
                Set(OffAtFirst(number), on ? told : null);
                break;
            case 7 or 25:
                Set(number == 7 ? Mode.NoWrap : Mode.NoCursor, on ? null : told);
                break;
            case 9 or 1000 or 1002 or 1003:
                Set(Mode.Mouse, on ? told : null);
                break;
            case 1005 or 1006 or 1015 or 1016:
                Set(Mode.MouseCoding, on ? told : null);
                break;
            case 66:
                Set(Mode.Keypad, on ? "\x1b=" : null);
                break;
            case 47 or 1047 or 1049:
                Switch(number, on);
                break;
        }
    }

    private static Mode OffAtFirst(int number) => number switch
    {
        1 => Mode.CursorKeys,
        5 => Mode.Reverse,
        6 => Mode.Origin,
        45 => Mode.BackWrap,
        1004 => Mode.Focus,
        _ => Mode.Paste,
    };

    private void Switch(int number, bool on)
    {
        if (on && modes.ContainsKey(Mode.Alternate)) return;
        Set(Mode.Alternate, on ? $"\x1b[?{number}h" : null);
        Set(Mode.AlternateRegion, null);
        if (!on && number == 1049) Restore();
    }

    private void Ansi(int number, bool on)
    {
        if (number == 4) Set(Mode.Insert, on ? "\x1b[4h" : null);
        else if (number == 20) Set(Mode.NewLine, on ? "\x1b[20h" : null);
    }

    private void Region(int[] edges)
    {
        var (top, bottom) = (Math.Max(1, edges[0]), edges.Length > 1 ? edges[1] : 0);
        var told = bottom > 0 ? $"\x1b[{top};{bottom}r" : top > 1 ? $"\x1b[{top}r" : null;
        Set(modes.ContainsKey(Mode.Alternate) ? Mode.AlternateRegion : Mode.NormalRegion, told);
    }

    private void SetStyle(string style)
    {
        if (Numbers(style) is [var number]) Set(Mode.CursorStyle, number is > 0 and < 10 ? $"\x1b[{number} q" : null);
    }

    /// <summary>What was kept with the cursor: what programs keep it with are the usual colours and letters.</summary>
    private void Restore()
    {
        pen.Clear();
        foreach (var mode in (ReadOnlySpan<Mode>)[Mode.FirstSet, Mode.SecondSet, Mode.Shifted]) Set(mode, null);
    }

    private void Soften()
    {
        pen.Clear();
        foreach (var mode in modes.Keys.Except([Mode.Alternate, Mode.Mouse, Mode.MouseCoding]).ToArray()) modes.Remove(mode);
    }

    private void Set(Mode mode, string? told)
    {
        if (told is null) modes.Remove(mode);
        else modes[mode] = told;
    }
}
