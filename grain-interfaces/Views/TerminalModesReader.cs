using System.Buffers;
using System.Text;

namespace ToolRuntime.Views;

/// <summary>Finds in a terminal's text the sequences that set modes, as the parser of the VT500 does.</summary>
internal sealed class TerminalModesReader
{
    private const char Escape = '\x1b', Bell = '\a', Cancel = '\x18', Substitute = '\x1a', ShiftOut = '\x0e', ShiftIn = '\x0f';

    /// <summary>Characters of a sequence; a longer one is no sequence that anybody sends, and says nothing.</summary>
    private const int Most = 128;

    private static readonly SearchValues<char> Telling = SearchValues.Create([Escape, ShiftOut, ShiftIn]);

    private readonly TerminalModeSet set = new();
    private readonly StringBuilder sequence = new();
    private Place place;

    private enum Place
    {
        Ground,
        Escape,
        Control,
        Command,
        String,
    }

    public static bool SaysNothing(ReadOnlySpan<char> text) => text.IndexOfAny(Telling) < 0;

    public void Read(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (place == Place.Ground)
            {
                var next = text[i..].IndexOfAny(Telling);
                if (next < 0) return;
                i += next;
            }

            Take(text[i]);
        }
    }

    public override string ToString() => set + place switch
    {
        Place.Escape => $"{Escape}{sequence}",
        Place.Control => $"{Escape}[{sequence}",
        // What it says is none of ours, and what is left of it is not to be taken for a whole one.
        Place.Command => $"{Escape}]x",
        Place.String => $"{Escape}_",
        _ => "",
    };

    private void Take(char next)
    {
        if (next == Escape)
        {
            place = Place.Escape;
            sequence.Clear();
        }
        else if (next is Cancel or Substitute || (next == Bell && place == Place.Command)) place = Place.Ground;
        else if (place == Place.Ground) set.Shift(next == ShiftOut);
        else if (place == Place.Escape) TakeEscape(next);
        else if (place == Place.Control) TakeControl(next);
    }

    private void TakeEscape(char next)
    {
        if (next is < ' ' or '\x7f') return;
        if (next <= '/') Gather(next);
        else if (sequence.Length == 0 && next is '[' or ']' or 'P' or 'X' or '^' or '_')
            place = next switch { '[' => Place.Control, ']' => Place.Command, _ => Place.String };
        else
        {
            place = Place.Ground;
            if (next <= '~') set.Escape(sequence.ToString(), next);
        }
    }

    private void TakeControl(char next)
    {
        if (next is < ' ' or '\x7f') return;
        if (next <= '?') Gather(next);
        else
        {
            place = Place.Ground;
            if (next <= '~' && sequence.Length <= Most) set.Control(sequence.ToString(), next);
        }
    }

    private void Gather(char next)
    {
        if (sequence.Length <= Most) sequence.Append(next);
    }
}
