using System.Globalization;

namespace ToolRuntime.EndToEnd.Tests.Support;

/// <summary>
/// The system's clock as a server sees it, which a test sets while the server runs. Its monotonic clock goes on as it is. By libfaketime,
/// which ./test installs.
/// </summary>
internal sealed class SetClock : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("set-clock-");

    public SetClock() => Step(TimeSpan.Zero);

    /// <summary>What a process needs in its environment to see this clock.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = Library(),
        ["FAKETIME_TIMESTAMP_FILE"] = FilePath,
        ["FAKETIME_NO_CACHE"] = "1",
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        // Else each thread that waits for a time, by the monotonic clock, spins: a server took a whole processor doing nothing.
        ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
        ["NO_FAKE_STAT"] = "1",
    };

    private string FilePath => Path.Combine(folder.FullName, "clock");

    /// <summary>How far the clock is from the true one, from now on.</summary>
    public void Step(TimeSpan offset)
    {
        var next = FilePath + ".next";
        File.WriteAllText(next, offset.TotalSeconds.ToString("+0;-0;+0", CultureInfo.InvariantCulture));
        File.Move(next, FilePath, overwrite: true);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private static string Library() =>
        Directory.EnumerateDirectories("/usr/lib").Prepend("/usr/lib").Select(lib => Path.Combine(lib, "faketime", "libfaketimeMT.so.1"))
            .FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException("libfaketime is missing: apt-get install faketime");
}
