using ToolRuntime.Tools.Files;

namespace ToolRuntime.Tools.Processes;

/// <summary>
/// Watches limits that the kernel does not end a program for: a workspace that has become too large, and processes that go on being refused. What it finds cancels
/// <see cref="Token"/>. What takes much of what others need as well gets less of the processors meanwhile.
/// </summary>
internal sealed class LimitWatch : IAsyncDisposable
{
    // The shorter the more is going on.
    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Latest = TimeSpan.FromSeconds(1);

    // So that a large workspace takes a twentieth of a processor at most.
    private const int Share = 20;

    private readonly ProcessOptions options;
    private readonly ControlGroupLimits limits;
    private readonly ToolProcess process;
    private readonly string workspace;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource stop;
    private readonly CancellationTokenSource over = new();
    private readonly PressureRules rules;
    private readonly Task watching;

    public LimitWatch(ProcessOptions options, ControlGroupLimits limits, ToolProcess process, string workspace, TimeProvider time, CancellationToken cancellationToken)
    {
        (this.options, this.limits, this.process, this.workspace, this.time) = (options, limits, process, workspace, time);
        rules = new(options, limits);
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        watching = Task.Run(WatchAsync, CancellationToken.None);
    }

    /// <summary>Cancelled when a limit is met, or the attempt is to end.</summary>
    public CancellationToken Token => stop.Token;

    /// <summary>The limit that was met.</summary>
    public ToolError? Met { get; private set; }

    /// <summary>Why the end of a program is that of a limit, all being over; null if it is the program's own.</summary>
    public ToolError? Verdict(ProcessEnd? end)
    {
        const int FileSizeSignal = 128 + 25;
        if (process.Costs.MemoryLimitMet) return new("memory_limit", $"A process was ended: all of them took more than the {limits.MemoryBytes} bytes of memory that they may.");
        if (Met is not null) return Met;
        if (end is null) return null;
        if (process.Costs.Refused > 0 && (end.ExitCode != 0 || end.Leftovers.Count > 0)) return Processes();
        return end.ExitCode == FileSizeSignal || (end.ExitCode != 0 && Size(options.MaxWorkspaceBytes) is { } bytes && bytes >= options.MaxWorkspaceBytes) ? Workspace() : null;
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
        var pause = Soonest;
        while (true)
        {
            await Task.Delay(pause, time, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (over.IsCancellationRequested) return;
            var start = time.GetTimestamp();
            if ((Met = Look(start)) is not null)
            {
                await stop.CancelAsync();
                return;
            }

            var (took, next) = (time.GetElapsedTime(start) * Share, rules.IsBusy ? Soonest : pause * 2);
            pause = next < took ? took : next < Latest ? next : took < Latest ? Latest : took;
        }
    }

    private ToolError? Look(long now)
    {
        var before = rules.Pace;
        var verdict = rules.Judge(process.Pressure(), Size(rules.Enough), time.GetElapsedTime(0, now));
        if (rules.Pace != before) process.Set(rules.Pace, limits);
        return verdict switch
        {
            PressureVerdict.TooManyProcesses => Processes(),
            PressureVerdict.TooLarge => Workspace(),
            _ => null,
        };
    }

    private long? Size(long enough) => options.MaxWorkspaceBytes == 0 ? null : WorkspaceSize.Of(workspace, enough, over.Token);

    private ToolError Processes() => new("process_limit", $"It tried to start more processes than the {options.MaxProcesses} that it may have at a time.");

    private ToolError Workspace() => new("workspace_full", $"The files in the workspace took more than the {options.MaxWorkspaceBytes} bytes that they may.");
}
