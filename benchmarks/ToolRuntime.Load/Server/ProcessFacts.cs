using System.Diagnostics;
using System.Globalization;

namespace ToolRuntime.Load.Server;

/// <summary>What the kernel knows of a process.</summary>
internal static class ProcessFacts
{
    public static TimeSpan CpuTime(int id)
    {
        using var process = Process.GetProcessById(id);
        return process.TotalProcessorTime;
    }

    public static long ResidentBytes(int id)
    {
        foreach (var line in File.ReadLines($"/proc/{id}/status"))
        {
            const string field = "VmRSS:";
            if (line.StartsWith(field, StringComparison.Ordinal)) return 1_024 * long.Parse(line.AsSpan(field.Length).Trim()[..^3], CultureInfo.InvariantCulture);
        }

        return 0;
    }
}
