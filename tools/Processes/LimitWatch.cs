using ToolRuntime.Tools.Files;

namespace ToolRuntime.Tools.Processes;

/// <summary>
/// Watches limits that the kernel does not end a program for: a workspace that has become too large, and processes that go on being refused. What it finds cancels
/// <see cref="Token"/>.
/// </summary>
internal sealed class LimitWatch : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    // So that a large workspace takes a twentieth of a processor at most.
    private const int Share = 20;

    private readonly ProcessOptions options;
    private readonly ToolProcess process;
    private readonly string workspace;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource stop;
    private readonly CancellationTokenSource over = new();
    private readonly Task watching;
    private long refused;

    public LimitWatch(ProcessOptions options, ToolProcess process, string workspace, TimeProvider time, CancellationToken cancellationToken)
    {
        (this.options, this.process, this.workspace, this.time) = (options, process, workspace, time);
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        watching = Task.Run(WatchAsync, CancellationToken.None);
    }

    /// <summary>Cancelled when a limit is met, or the attempt is to end.</summary>
    public CancellationToken Token => stop.Token;

    /// <summary>The limit that was met.</summary>
    public ToolError? Met { get; private set; }

    /// <summary>Why the end of a program is that of a limit, all being over; null if it is the program's own.</summary>
    public ToolError? Verdict(ProcessEnd? end, ControlGroupLimits limits)
    {
        const int FileSizeSignal = 128 + 25;
        if (process.Costs.MemoryLimitMet) return new("memory_limit", $"A process was ended: all of them took more than the {limits.MemoryBytes} bytes of memory that they may.");
        if (Met is not null) return Met;
        if (end is null) return null;
        if (process.Costs.Refused > 0 && (end.ExitCode != 0 || end.Leftovers.Count > 0)) return Processes();
        return end.ExitCode == FileSizeSignal || (end.ExitCode != 0 && TooLarge()) ? Workspace() : null;
    }

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        await watching;
        over.Dispose();
        stop.Dispose();
    }

    private async Task WatchAsync()
    {
        var pause = Every;
        while (true)
        {
            await Task.Delay(pause, time, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (over.IsCancellationRequested) return;
            var start = time.GetTimestamp();
            if ((Met = Look()) is not null)
            {
                await stop.CancelAsync();
                return;
            }

            var took = time.GetElapsedTime(start) * Share;
            pause = took > Every ? took : Every;
        }
    }

    // Once may be a program that makes do with less; one that goes on trying does not.
    private ToolError? Look()
    {
        if (TooLarge()) return Workspace();
        var (before, now) = (refused, process.CostsSoFar().Refused);
        refused = now;
        return before > 0 && now > before ? Processes() : null;
    }

    private bool TooLarge() => options.MaxWorkspaceBytes > 0 && WorkspaceSize.Of(workspace, options.MaxWorkspaceBytes, over.Token) >= options.MaxWorkspaceBytes;

    private ToolError Processes() => new("process_limit", $"It tried to start more processes than the {options.MaxProcesses} that it may have at a time.");

    private ToolError Workspace() => new("workspace_full", $"The files in the workspace took more than the {options.MaxWorkspaceBytes} bytes that they may.");
}
