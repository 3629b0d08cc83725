using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using ToolRuntime.Load.Server;

namespace ToolRuntime.Load.Figures;

/// <summary>Where the figures come from; without it they mean nothing.</summary>
internal sealed record MachineFacts(
    DateTimeOffset At, string Commit, string Cpu, int Cores, string Kernel, string Runtime, string FileSystem, double FsyncP50Ms, double FsyncP99Ms, string LoadAverage)
{
    public static MachineFacts Collect(DataFolder data, GatewayProgram gateway)
    {
        var fsync = data.MeasureFsync();
        return new(
            DateTimeOffset.UtcNow, CommitOf(gateway.Folder), CpuModel(), Environment.ProcessorCount, RuntimeInformation.OSDescription, RuntimeInformation.FrameworkDescription,
            data.FileSystem, Math.Round(fsync.At(0.5), 3), Math.Round(fsync.At(0.99), 3), File.ReadAllText("/proc/loadavg").Trim());
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{At:u}, commit {Commit}\n{Cpu}, {Cores} cores, {Kernel}, {Runtime}\n{FileSystem}: 4 KB write + fsync p50 {FsyncP50Ms} ms, p99 {FsyncP99Ms} ms; load average before: {LoadAverage}");

    private static string CpuModel() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown processor";

    private static string CommitOf(string folder)
    {
        try
        {
            string[] arguments = ["-C", folder, "describe", "--always", "--dirty", "--abbrev=10"];
            using var git = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var commit = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return commit.Length > 0 ? commit : "unknown";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }
}
