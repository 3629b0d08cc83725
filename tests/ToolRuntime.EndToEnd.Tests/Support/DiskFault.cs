using System.Diagnostics;
using ToolRuntime.Stores.Tests;

namespace ToolRuntime.EndToEnd.Tests.Support;

/// <summary>Something that keeps a running server from writing to its stores, and the end of it.</summary>
/// <param name="Reason">What the server must say, once it has noticed.</param>
internal sealed record DiskFault(string Reason, Action Begin, Action End)
{
    /// <summary>No byte is left.</summary>
    public static DiskFault Full(SmallDisk disk) => new("the disk is full", disk.Fill, disk.Free);

    /// <summary>Each write fails with an error (EFBIG, by a limit of file size), whatever space there is.</summary>
    public static DiskFault InputOutput(int processId) => new(
        "the disk reports an input/output error", () => LimitFileSize(processId, "0"), () => LimitFileSize(processId, "unlimited"));

    /// <summary>The files are immutable, also for who has them open. Not every file system has that: ext4, xfs and btrfs do.</summary>
    public static DiskFault ReadOnly(string dataPath) =>
        new("it can't be written to", () => Run("chattr", ["+i", .. Files(dataPath)]), () => Run("chattr", ["-i", .. Files(dataPath)]));

    private static IEnumerable<string> Files(string dataPath) =>
        new[] { "sessions.db", "grains.db" }.SelectMany(name => new[] { name, $"{name}-wal" }).Select(name => Path.Combine(dataPath, name))
            .Where(File.Exists);

    private static void LimitFileSize(int processId, string bytes) => Run("prlimit", "--pid", $"{processId}", $"--fsize={bytes}:");

    private static void Run(string program, params IEnumerable<string> arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
