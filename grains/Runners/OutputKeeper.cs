using System.Buffers;
using System.Globalization;
using System.Text;

namespace ToolRuntime.Runners;

/// <summary>The first and the last 64 KB of a stream, for the model.</summary>
internal sealed class OutputKeeper
{
    private const int Part = 64 * 1024;

    private readonly ArrayBufferWriter<byte> first = new();
    private byte[]? ring;
    private long beyond;

    public void Add(ReadOnlySpan<byte> bytes)
    {
        var head = Math.Min(Part - first.WrittenCount, bytes.Length);
        first.Write(bytes[..head]);
        bytes = bytes[head..];
        if (bytes.IsEmpty) return;

        ring ??= new byte[Part];
        if (bytes.Length > Part)
        {
            beyond += bytes.Length - Part;
            bytes = bytes[^Part..];
        }

        var at = (int)(beyond % Part);
        var straight = Math.Min(Part - at, bytes.Length);
        bytes[..straight].CopyTo(ring.AsSpan(at));
        bytes[straight..].CopyTo(ring);
        beyond += bytes.Length;
    }

    /// <summary>What is kept; bytes that are no UTF-8 are shown as U+FFFD.</summary>
    public override string ToString()
    {
        var start = first.WrittenSpan;
        if (beyond == 0) return Encoding.UTF8.GetString(start);

        var at = (int)(beyond % Part);
        ReadOnlySpan<byte> rest = beyond < Part ? ring.AsSpan(0, at) : [.. ring.AsSpan(at), .. ring.AsSpan(0, at)];
        if (beyond <= Part) return Encoding.UTF8.GetString([.. start, .. rest]);

        // Both parts are cut at whole characters; what that costs counts as left out.
        start = start[..OutputEncoder.CompleteLength(start)];
        var whole = 0;
        while (whole < 4 && (rest[whole] & 0b1100_0000) == 0b1000_0000) whole++;
        rest = rest[whole..];
        var leftOut = Part + beyond - start.Length - rest.Length;
        return string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetString(start)}\n[... {leftOut} bytes left out ...]\n{Encoding.UTF8.GetString(rest)}");
    }
}
