using System.Buffers.Text;
using ToolRuntime.Events;

namespace ToolRuntime.Tools.Attach;

/// <summary>
/// Reads what <c>strace -f -y -s 0 -e write=1,2</c> prints: a line for each call that wrote, and then its bytes in hexadecimal. Only what goes where the traced process's
/// own output goes counts: children have other pipes as their descriptor 1.
/// </summary>
/// <param name="places">Where the outputs lead, by descriptor.</param>
internal sealed class TraceLines(IReadOnlyDictionary<int, string> places)
{
    private readonly Dictionary<int, (int Descriptor, string Place)> unfinished = [];
    private readonly List<byte> bytes = [];
    private int wanted;
    private OutputStream stream;

    /// <summary>Bytes that went to the outputs without being shown: by <c>sendfile</c>, <c>splice</c> and the like.</summary>
    public long Unseen { get; private set; }

    /// <summary>Takes a line, without its end; what it completes is passed on.</summary>
    public (OutputStream Stream, byte[] Bytes)? Take(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith(" | "u8)) return Dump(line[3..]);
        if (line.StartsWith(" * "u8)) return null; // "n bytes in buffer i", of one that writes several
        Begin(line);
        return null;
    }

    private void Begin(ReadOnlySpan<byte> line)
    {
        (wanted, var thread) = (0, 0);
        bytes.Clear();
        if (line.StartsWith("[pid"u8))
        {
            _ = Utf8Parser.TryParse(line[4..].TrimStart((byte)' '), out thread, out _);
            line = line[(line.IndexOf((byte)']') + 2)..];
        }

        if (line.StartsWith("<... "u8))
        {
            if (unfinished.Remove(thread, out var begun)) Count(line[5..], begun.Descriptor, begun.Place, Result(line));
            return;
        }

        if (Place(line) is not var (descriptor, place)) return;
        if (line.EndsWith("<unfinished ...>"u8)) unfinished[thread] = (descriptor, place);
        else Count(line, descriptor, place, Result(line));
    }

    private void Count(ReadOnlySpan<byte> call, int descriptor, string place, long result)
    {
        if (result <= 0 || !places.Values.Contains(place)) return;
        if (!call.StartsWith("write"u8) && !call.StartsWith("pwrite"u8) && !call.StartsWith("send"u8) || call.StartsWith("sendfile"u8)) Unseen += result;
        else if (descriptor is 1 or 2) (wanted, stream) = ((int)result, StreamOf(descriptor, place));
        else Unseen += result;
    }

    // Where both outputs lead to one place, the descriptor tells them apart; else the place does, for a child has them the other way round with 1>&2.
    private OutputStream StreamOf(int descriptor, string place)
    {
        var (first, second) = (places.GetValueOrDefault(1) == place, places.GetValueOrDefault(2) == place);
        return second && (!first || descriptor == 2) ? OutputStream.Stderr : OutputStream.Stdout;
    }

    // "00010  68 65 ...  6f 0a   text |": sixteen at most, an empty column between the eighth and the ninth.
    private (OutputStream Stream, byte[] Bytes)? Dump(ReadOnlySpan<byte> line)
    {
        const int HexColumns = 49;
        var begin = line.IndexOf((byte)' ') + 2;
        if (wanted == 0 || begin < 2) return null;
        var hex = line[begin..Math.Min(begin + HexColumns, line.Length)];
        for (var at = 0; at + 1 < hex.Length && bytes.Count < wanted; at++)
        {
            if (hex[at] == ' ') continue;
            bytes.Add((byte)((Digit(hex[at]) << 4) | Digit(hex[at + 1])));
            at++;
        }

        if (bytes.Count < wanted) return null;
        wanted = 0;
        var whole = bytes.ToArray();
        bytes.Clear();
        return (stream, whole);
    }

    private static int Digit(byte hex) => hex <= '9' ? hex - '0' : hex - 'a' + 10;

    // "write(1<pipe:[123]>, ..."; sendfile and copy_file_range have what is written to elsewhere.
    private static (int Descriptor, string Place)? Place(ReadOnlySpan<byte> line)
    {
        var open = line.IndexOf((byte)'(');
        if (open < 0) return null;
        var rest = line[(open + 1)..];
        if (line.StartsWith("splice"u8) || line.StartsWith("copy_file_range"u8) || line.StartsWith("tee"u8))
        {
            var second = rest.IndexOf(">, "u8);
            if (second < 0) return null;
            rest = rest[(second + 3)..];
            if (!line.StartsWith("tee"u8))
            {
                var third = rest.IndexOf((byte)' ');
                if (third < 0) return null;
                rest = rest[(third + 1)..];
            }
        }

        if (!Utf8Parser.TryParse(rest, out int descriptor, out var digits) || digits >= rest.Length || rest[digits] != '<') return null;
        rest = rest[(digits + 1)..];
        var end = rest.IndexOf((byte)'>');
        return end < 0 ? null : (descriptor, System.Text.Encoding.UTF8.GetString(rest[..end]));
    }

    private static long Result(ReadOnlySpan<byte> line)
    {
        var at = line.LastIndexOf(" = "u8);
        return at >= 0 && Utf8Parser.TryParse(line[(at + 3)..], out long result, out _) ? result : 0;
    }
}
