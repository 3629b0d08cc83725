using System.Text;

namespace ToolRuntime.Statistics;

/// <summary>Counts by tool, of a minute, an hour or a window; and how they are kept, a few dozen bytes a tool.</summary>
internal sealed class CountsTable
{
    /// <summary>Names come from calls, so their number needs a bound; what is beyond it is counted together.</summary>
    public const int MaxTools = 256;

    /// <summary>A name that no tool can have.</summary>
    public const string Others = "(others)";

    private const byte Format = 2;

    /// <summary>The format before had nothing of services and files.</summary>
    private const byte Before = 1;

    private readonly SortedDictionary<string, ToolCounts> tools = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, ToolCounts> Tools => tools;

    public bool IsEmpty => tools.Count == 0;

    public ToolCounts Of(string tool)
    {
        if (tools.TryGetValue(tool, out var known)) return known;
        if (tools.Count >= MaxTools && tool != Others) return Of(Others);
        return tools[tool] = new();
    }

    public void Add(CountsTable other)
    {
        foreach (var (tool, counts) in other.tools) Of(tool).Add(counts);
    }

    /// <summary>All tools together.</summary>
    public ToolCounts Sum()
    {
        var sum = new ToolCounts();
        foreach (var counts in tools.Values) sum.Add(counts);
        return sum;
    }

    public byte[] Pack()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(Format);
        writer.Write7BitEncodedInt(tools.Count);
        foreach (var (tool, counts) in tools)
        {
            writer.Write(tool);
            foreach (var number in Numbers(counts)) writer.Write7BitEncodedInt64(number);
            writer.Write7BitEncodedInt(counts.Durations.Counts.Count);
            var before = 0;
            foreach (var (bucket, count) in counts.Durations.Counts)
            {
                writer.Write7BitEncodedInt(bucket - before);
                writer.Write7BitEncodedInt64(count);
                before = bucket;
            }
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Adds what <see cref="Pack"/> made; what a later version made is left out.</summary>
    public void AddPacked(byte[] packed)
    {
        using var reader = new BinaryReader(new MemoryStream(packed), Encoding.UTF8);
        if (packed.Length == 0 || reader.ReadByte() is not (Format or Before)) return;
        var whole = packed[0] == Format;
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var tool = reader.ReadString();
            var read = new ToolCounts
            {
                Calls = reader.Read7BitEncodedInt64(),
                Completed = reader.Read7BitEncodedInt64(),
                Failed = reader.Read7BitEncodedInt64(),
                TimedOut = reader.Read7BitEncodedInt64(),
                Cancelled = reader.Read7BitEncodedInt64(),
                Retries = reader.Read7BitEncodedInt64(),
                Timeouts = reader.Read7BitEncodedInt64(),
                Fallbacks = reader.Read7BitEncodedInt64(),
                CacheHits = reader.Read7BitEncodedInt64(),
                CpuMs = reader.Read7BitEncodedInt64(),
                PeakMemoryBytes = reader.Read7BitEncodedInt64(),
                LargestPeakBytes = reader.Read7BitEncodedInt64(),
                Measured = reader.Read7BitEncodedInt64(),
                ApiCalls = whole ? reader.Read7BitEncodedInt64() : 0,
                BytesIn = whole ? reader.Read7BitEncodedInt64() : 0,
                BytesOut = whole ? reader.Read7BitEncodedInt64() : 0,
            };
            var bucket = 0;
            for (var buckets = reader.Read7BitEncodedInt(); buckets > 0; buckets--)
            {
                bucket += reader.Read7BitEncodedInt();
                read.Durations.Add(bucket, reader.Read7BitEncodedInt64());
            }

            Of(tool).Add(read);
        }
    }

    /// <summary>In the order in which they are read.</summary>
    private static ReadOnlySpan<long> Numbers(ToolCounts c) => new[]
    {
        c.Calls, c.Completed, c.Failed, c.TimedOut, c.Cancelled, c.Retries, c.Timeouts, c.Fallbacks, c.CacheHits, c.CpuMs, c.PeakMemoryBytes, c.LargestPeakBytes, c.Measured,
        c.ApiCalls, c.BytesIn, c.BytesOut,
    };
}
