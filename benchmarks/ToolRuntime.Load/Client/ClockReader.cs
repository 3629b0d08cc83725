using System.Buffers.Text;
using ToolRuntime.Load.Figures;

namespace ToolRuntime.Load.Client;

/// <summary>Reads the clocks that processes print and compares them with the clock of the same machine at the client. One a session: lines may be cut between two events.</summary>
internal sealed class ClockReader(Samples samples)
{
    private const int LineLength = 17; // 1700000000.123456

    private readonly byte[] rest = new byte[LineLength];
    private int kept;

    public void Take(in EventView happened)
    {
        var now = (DateTime.UtcNow - DateTime.UnixEpoch).TotalMilliseconds;
        foreach (var letter in happened.Text)
        {
            // Line ends are escaped (\n): a backslash ends the line, the n is no digit.
            if (letter is (>= (byte)'0' and <= (byte)'9') or (byte)'.')
            {
                if (kept < LineLength) rest[kept++] = letter;
            }
            else if (letter == (byte)'\\')
            {
                if (kept == LineLength && Utf8Parser.TryParse(rest, out double printed, out _)) samples.Add(now - (printed * 1_000));
                kept = 0;
            }
        }
    }
}
