using System.Collections.Concurrent;
using System.Diagnostics;

namespace ToolRuntime.Tests.Shared;

/// <summary>
/// Ends what all tests of a process share when that process has ended, however it ended: what a process does while it exits is cut short by the test host. A shell waits
/// for the end of its input, which the process holds.
/// </summary>
internal static class ExitGuard
{
    private const string Script =
        """cat >/dev/null; kill -s "$1" "$2"; for i in $(seq 100); do kill -0 "$2" 2>/dev/null || break; sleep 0.05; done; rm -rf "$3" """;

    /// <summary>Kept, so that their inputs stay open.</summary>
    private static readonly ConcurrentBag<Process> Guards = [];

    /// <param name="process">What is sent <paramref name="signal"/>.</param>
    /// <param name="folder">What is deleted then.</param>
    /// <param name="signal">As <c>kill</c> names it.</param>
    public static void Watch(int process, string folder, string signal = "KILL") =>
        Guards.Add(Process.Start(new ProcessStartInfo("sh", ["-c", Script, "guard", signal, $"{process}", folder]) { RedirectStandardInput = true })!);
}
