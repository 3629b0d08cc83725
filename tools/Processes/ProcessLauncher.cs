using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Options;

namespace ToolRuntime.Tools.Processes;

/// <summary>Starts processes that can't outlive the silo: each leads a session and group of its own, and runs nothing before the watchdog knows of it.</summary>
internal sealed class ProcessLauncher(ProcessWatchdog watchdog, ControlGroups groups, TimeProvider time, IOptions<ProcessOptions> options)
{
    // The process waits here until its group is registered; if the silo dies first it reads the end of its input and exits.
    // A shell reads a pipe byte by byte in `read`, so all that follows the line is left to the program. It enters its control group by itself.
    // The leader of a session that opens a terminal is controlled by it.
    private const string Gate = """
        entrances=$1
        shift
        while [ "$entrances" -gt 0 ]; do
          echo 0 >"$1" || exit 125
          entrances=$((entrances - 1))
          shift
        done
        IFS= read -r gate || exit 125
        [ -z "$2" ] || exec <>"$2" >&0 2>&0
        [ "$1" = unlimited ] || ulimit -f "$1"
        shift 2
        exec "$@"
        """;

    // Of what a shell's ulimit counts in, by POSIX; bash too does so as /bin/sh.
    private const int LimitUnit = 512;

    private int count;

    /// <summary>Starts it. The caller ends it by disposing of what it gets.</summary>
    /// <exception cref="WatchdogUnavailableException">Nothing would end the process if the silo died, so it isn't started.</exception>
    /// <exception cref="ProcessStartException">The operating system refuses.</exception>
    /// <param name="command">What to start.</param>
    /// <param name="limited">Whether it is an attempt, which the limits hold for.</param>
    /// <param name="size">Gives it a terminal instead of pipes; null: none.</param>
    public async Task<ToolProcess> StartAsync(ProcessCommand command, bool limited = false, TerminalSize? size = null)
    {
        var terminal = size is { } given ? PseudoTerminal.Open(given) : null;
        var mark = $"TOOLRUNTIME_EXECUTION={watchdog.Mark.Value}-{Interlocked.Increment(ref count)}";
        var group = groups.Create(limited);
        var process = new Process { StartInfo = StartInfo(command, mark, group, limited, terminal?.Path), EnableRaisingEvents = true };
        var tool = new ToolProcess(process, mark, watchdog, group, time, terminal);
        try
        {
            tool.Start();
            await watchdog.AddAsync(tool.Id);
            await tool.OpenGateAsync();
            return tool;
        }
        catch
        {
            await tool.DisposeAsync();
            throw;
        }
    }

    private ProcessStartInfo StartInfo(ProcessCommand command, string mark, ControlGroup? group, bool limited, string? terminal)
    {
        var start = new ProcessStartInfo("setsid")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = command.WorkingDirectory,
        };
        string[] entrances = [.. group?.Entrances() ?? []];
        string[] gate = ["/bin/sh", "-c", Gate, "toolruntime-gate", entrances.Length.ToString(CultureInfo.InvariantCulture), .. entrances, FileLimit(limited), terminal ?? ""];
        foreach (var argument in (string[])[.. gate, command.File, .. command.Arguments]) start.ArgumentList.Add(argument);
        start.Environment.Clear();
        foreach (var (name, value) in command.Environment) start.Environment[name] = value;
        start.Environment[watchdog.Mark.Key] = watchdog.Mark.Value;
        start.Environment[mark[..mark.IndexOf('=', StringComparison.Ordinal)]] = mark[(mark.IndexOf('=', StringComparison.Ordinal) + 1)..];
        return start;
    }

    private string FileLimit(bool limited) => limited && options.Value.MaxWorkspaceBytes is > 0 and var bytes
        ? Math.Max(1, bytes / LimitUnit).ToString(CultureInfo.InvariantCulture)
        : "unlimited";
}
