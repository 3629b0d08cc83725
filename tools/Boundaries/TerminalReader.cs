using System.Globalization;
using System.Text;

namespace ToolRuntime.Tools.Boundaries;

/// <summary>Reads a terminal's stream in pieces of any size: characters and movements go to the screen, what matters for boundaries to the watcher.</summary>
internal sealed class TerminalReader(TerminalScreen screen, IScreenWatcher watcher)
{
    /// <summary>A longer command of the terminal is none of ours.</summary>
    public const int MaxCommand = 8 * 1024;

    private const int MaxParameters = 16;
    private const int MaxParameter = 100_000;

    private enum State
    {
        Ground,
        Escape,
        Charset,
        Control,
        Command,
        CommandEscape,
        Text,
        TextEscape,
    }

    private readonly byte[] rest = new byte[4];
    private readonly int[] parameters = new int[MaxParameters];
    private byte[] command = [];
    private State state;
    private int restLength, commandLength, count;
    private bool isPrivate, tooLong;
    private long began;

    /// <summary>How much of the stream was read.</summary>
    public long Offset { get; private set; }

    /// <summary>So much of it is missing.</summary>
    public void Skip(long bytes) => (Offset, state, restLength) = (Offset + bytes, State.Ground, 0);

    public void Read(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var taken = state == State.Ground ? Ground(bytes) : state == State.Command ? Command(bytes) : Step(bytes[0]);
            Offset += taken;
            bytes = bytes[taken..];
        }
    }

    private int Ground(ReadOnlySpan<byte> bytes)
    {
        if (restLength > 0) return Complete(bytes[0]);
        var plain = bytes.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7e);
        if (plain < 0) plain = bytes.Length;
        if (plain > 0)
        {
            if (!screen.Alternate) screen.Write(bytes[..plain]);
            return plain;
        }

        if (bytes[0] >= 0x80) return Complete(bytes[0]);
        Controls(bytes[0], Offset);
        return 1;
    }

    private void Controls(byte value, long at)
    {
        switch (value)
        {
            case 0x1b:
                (state, began) = (State.Escape, at);
                break;
            case (byte)'\n' or 0x0b or 0x0c when !screen.Alternate:
                watcher.LineEnds();
                screen.Feed(at + 1);
                break;
            case (byte)'\r':
                screen.Return();
                break;
            case (byte)'\b':
                screen.Back();
                break;
            case (byte)'\t':
                screen.Tab();
                break;
        }
    }

    // One byte at a time: characters that are not ASCII are cut anywhere.
    private int Complete(byte value)
    {
        if (restLength > 0 && (value & 0xc0) != 0x80)
        {
            restLength = 0;
            Character(Rune.ReplacementChar);
            return 0;
        }

        rest[restLength++] = value;
        var status = Rune.DecodeFromUtf8(rest.AsSpan(0, restLength), out var rune, out _);
        if (status == System.Buffers.OperationStatus.NeedMoreData) return 1;
        restLength = 0;
        Character(rune);
        return 1;
    }

    private void Character(Rune rune)
    {
        if (screen.Alternate || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format) return;
        if (!rune.IsBmp)
        {
            Span<char> pair = stackalloc char[2];
            rune.EncodeToUtf16(pair);
            screen.Write(pair[0], pair[1]);
        }
        else
        {
            screen.Write((char)rune.Value, IsWide(rune.Value) ? '\0' : null);
        }
    }

    private static bool IsWide(int value) => value is (>= 0x1100 and <= 0x115f) or (>= 0x2e80 and <= 0xa4cf) or (>= 0xac00 and <= 0xd7a3) or (>= 0xf900 and <= 0xfaff)
        or (>= 0xfe30 and <= 0xfe6f) or (>= 0xff00 and <= 0xff60) or (>= 0xffe0 and <= 0xffe6);

    private int Command(ReadOnlySpan<byte> bytes)
    {
        var length = bytes.IndexOfAny((byte)0x07, (byte)0x1b, (byte)0x18);
        var end = length < 0 ? bytes.Length : length;
        Keep(bytes[..end]);
        if (length < 0) return end;
        if (bytes[end] == 0x07) EndCommand(Offset + end + 1);
        else state = bytes[end] == 0x1b ? State.CommandEscape : State.Ground;
        return end + 1;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        tooLong |= commandLength + bytes.Length > MaxCommand;
        if (tooLong) return;
        if (commandLength + bytes.Length > command.Length) Array.Resize(ref command, Math.Min(MaxCommand, Math.Max(256, (commandLength + bytes.Length) * 2)));
        bytes.CopyTo(command.AsSpan(commandLength));
        commandLength += bytes.Length;
    }

    private void EndCommand(long after)
    {
        state = State.Ground;
        if (!tooLong) watcher.Command(command.AsSpan(0, commandLength), began, after);
    }

    private int Step(byte value)
    {
        switch (state)
        {
            case State.CommandEscape when value == '\\':
                EndCommand(Offset + 1);
                return 1;
            case State.TextEscape when value == '\\':
                state = State.Ground;
                return 1;
            case State.CommandEscape or State.TextEscape: // it was cut off by the next sequence
                (state, began) = (State.Escape, Offset - 1);
                return 0;
            case State.Text:
                if (value == 0x1b) state = State.TextEscape;
                else if (value is 0x18 or 0x07) state = State.Ground;
                return 1;
            case State.Charset:
                state = State.Ground;
                return 1;
            case State.Escape:
                Escape(value);
                return 1;
            default:
                Control(value);
                return 1;
        }
    }

    private void Escape(byte value)
    {
        state = State.Ground;
        switch (value)
        {
            case (byte)'[':
                (state, count, isPrivate, parameters[0]) = (State.Control, 0, false, -1);
                break;
            case (byte)']':
                (state, commandLength, tooLong) = (State.Command, 0, false);
                break;
            case (byte)'P' or (byte)'_' or (byte)'^' or (byte)'X':
                state = State.Text;
                break;
            case >= 0x20 and <= 0x2f:
                state = State.Charset;
                break;
            case 0x1b:
                (state, began) = (State.Escape, Offset);
                break;
            case (byte)'7':
                screen.Save();
                break;
            case (byte)'8':
                screen.Restore();
                break;
            case (byte)'M' when !screen.Alternate:
                screen.Move(-1, 0);
                watcher.WentUp();
                break;
        }
    }

    private void Control(byte value)
    {
        switch (value)
        {
            case >= (byte)'0' and <= (byte)'9':
                parameters[count] = Math.Min(MaxParameter, Math.Max(0, parameters[count]) * 10 + value - '0');
                break;
            case (byte)';' or (byte)':':
                if (count < MaxParameters - 1) parameters[++count] = -1;
                break;
            case (byte)'?' or (byte)'>' or (byte)'<' or (byte)'=':
                isPrivate = true;
                break;
            case >= 0x20 and <= 0x2f:
                isPrivate = true; // none of those that move
                break;
            case 0x1b or 0x18:
                (state, began) = (value == 0x1b ? State.Escape : State.Ground, Offset);
                break;
            case >= 0x40 and <= 0x7e:
                state = State.Ground;
                if (isPrivate) Mode(value);
                else if (!screen.Alternate) Apply(value);
                break;
            default:
                if (value < 0x20) Controls(value, Offset);
                break;
        }
    }

    private void Mode(byte final)
    {
        if (final is not ((byte)'h' or (byte)'l')) return;
        for (var i = 0; i <= count; i++)
        {
            if (parameters[i] is 1049 or 1047 or 47) screen.Alternate = final == 'h';
            else if (parameters[i] == 2004 && !screen.Alternate) watcher.Reads(final == 'h', began);
        }
    }

    private void Apply(byte final)
    {
        var given = parameters[0];
        var many = Math.Max(1, given);
        switch ((char)final)
        {
            case 'A' or 'F':
                screen.Move(-many, 0);
                if (final == 'F') screen.Return();
                watcher.WentUp();
                break;
            case 'B' or 'E':
                watcher.GoesDown();
                screen.Move(many, 0);
                if (final == 'E') screen.Return();
                break;
            case 'C':
                screen.Move(0, many);
                break;
            case 'D':
                screen.Move(0, -many);
                break;
            case 'G' or '`':
                screen.Place(null, many - 1);
                break;
            case 'd':
                screen.Place(many - 1, null);
                watcher.WentUp();
                break;
            case 'H' or 'f':
                screen.Place(many - 1, count > 0 ? Math.Max(1, parameters[1]) - 1 : 0);
                watcher.WentUp();
                break;
            case 'J':
                screen.Erase(Math.Max(0, given), began);
                break;
            case 'K':
                screen.EraseLine(Math.Max(0, given));
                break;
            case 'P':
                screen.Delete(many);
                break;
            case '@':
                screen.Insert(many);
                break;
            case 'X':
                screen.Blank(many);
                break;
            case 's':
                screen.Save();
                break;
            case 'u':
                screen.Restore();
                break;
        }
    }
}
