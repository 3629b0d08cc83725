using System.Globalization;

namespace ToolRuntime.Tools.Computer;

/// <summary>The computer's memory, looked up at most once a second.</summary>
internal sealed class MemoryFacts(TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private Reading? last;

    public (long Total, long Available) Read()
    {
        var reading = Volatile.Read(ref last);
        if (reading is null || time.GetElapsedTime(reading.At) > Fresh)
        {
            reading = new(time.GetTimestamp(), Find("MemTotal:"), Find("MemAvailable:"));
            Volatile.Write(ref last, reading);
        }

        return (reading.Total, reading.Available);
    }

    private static long Find(string name)
    {
        foreach (var line in File.ReadLines("/proc/meminfo"))
        {
            if (line.StartsWith(name, StringComparison.Ordinal))
            {
                return 1024 * long.Parse(line.AsSpan(name.Length).Trim().TrimEnd("kB").TrimEnd(), CultureInfo.InvariantCulture);
            }
        }

        return 0;
    }

    private sealed record Reading(long At, long Total, long Available);
}
