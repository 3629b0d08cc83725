using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Boundaries;
using ToolRuntime.Tools.Processes.Table;

namespace ToolRuntime.Tools.Processes;

/// <summary>Runs commands for attempts, and says why one could not be run or was cut off.</summary>
internal sealed class CommandRuns(ProcessLauncher launcher, Isolation isolation, ControlGroups groups, OwnProcesses own, IOptions<ProcessOptions> options, TimeProvider time)
{
    /// <summary>No end of the command's own: the attempt counts as lost.</summary>
    private static readonly ToolError CutOff = new(ToolErrorCodes.RunnerLost, "The silo hung for so long that its processes were ended.");

    // A control group counts an attempt's processes; without, the kernel at least counts those of a session's user.
    private int? Uncounted => groups.Limits.Processes is null && options.Value.MaxProcesses > 0 ? options.Value.MaxProcesses : null;

    /// <summary>Runs it to the end of its last descendant.</summary>
    /// <param name="run">What to run, and how.</param>
    /// <param name="context">Its attempt.</param>
    /// <param name="result">What its end says; called when nothing of it runs any more.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ToolResult> RunAsync(CommandRun run, IToolContext context, Func<ProcessEnd, ToolResult> result, CancellationToken cancellationToken)
    {
        try
        {
            if (isolation.Refusal is { } refusal) return ToolResult.Failure(refusal);
            await using var process = await launcher.StartAsync(isolation.Wrap(run.Command, context.Workspace, Uncounted), limited: true, run.Terminal?.Size);
            using var known = own.Add(process, context.Owner);
            return await RunAsync(process, run, context, result, cancellationToken);
        }
        catch (ProcessStartException exception)
        {
            return ToolResult.Failure(exception.Error);
        }
        catch (WatchdogUnavailableException exception)
        {
            return ToolResult.Failure(new("watchdog_unavailable", exception.Message, Retryable: true));
        }
    }

    /// <summary>What holds the processes of an attempt, and what of it the host does not allow; for the descriptions of tools.</summary>
    public ToolDescriptor Describe(ToolDescriptor tool) => tool with
    {
        Containment = groups.Available ? Containment.ControlGroup : Containment.ProcessGroup,
        Isolation = new(
            isolation.Active,
            !isolation.Active || options.Value.Network,
            isolation.Users,
            groups.Limits.MemoryBytes,
            groups.Limits.Processes,
            groups.Limits.Processors,
            options.Value.MaxWorkspaceBytes is > 0 and var bytes ? bytes : null,
            [.. isolation.Missing, .. groups.Missing]),
    };

    /// <summary>Whether a command gets to see a program.</summary>
    public bool Shows(string file) => isolation.Shows(file);

    private async Task<ToolResult> RunAsync(
        ToolProcess process, CommandRun run, IToolContext context, Func<ProcessEnd, ToolResult> result, CancellationToken cancellationToken)
    {
        await using var watch = new LimitWatch(options.Value, groups.Limits, process, context.Workspace, time, cancellationToken);
        try
        {
            run.Started?.Invoke(process);
            var end = run.Terminal is { } terminal
                ? await TerminalRun.RunAsync(process, terminal, context, run.Drain, time, watch.Token)
                : await ProcessRun.RunAsync(process, context, run.Drain, time, run.Input, watch.Token);
            if (process.WasCutOff) return ToolResult.Failure(CutOff);
            var ended = end.Limit is { } over ? ToolResult.Failure(over) : result(end);
            // A terminal is open for hours: that something was refused in it once is not why it ends.
            return (run.Terminal is null ? watch.Verdict(end) : watch.Met) is { } met ? ToolResult.Failure(met, ended.Result) : ended;
        }
        catch (OperationCanceledException) when (watch.Met is not null && !cancellationToken.IsCancellationRequested)
        {
            await process.EndAsync(TimeSpan.Zero);
            return ToolResult.Failure(watch.Verdict(null)!);
        }
        finally
        {
            await process.EndAsync(TimeSpan.Zero);
            context.Counters.AddProcesses(process.Costs.PeakMemoryBytes, process.Costs.CpuMs);
        }
    }
}

/// <summary>One run of a command.</summary>
/// <param name="Command">What to start.</param>
/// <param name="Drain">How long its output may go on after its exit.</param>
/// <param name="Input">What it reads before what people type.</param>
/// <param name="Terminal">The terminal that it has instead of pipes.</param>
/// <param name="Started">Told of the process as soon as it runs.</param>
internal sealed record CommandRun(
    ProcessCommand Command, OutputDrain Drain, ReadOnlyMemory<byte> Input = default, TerminalRequest? Terminal = null, Action<ToolProcess>? Started = null);

/// <summary>A terminal that a command is to have.</summary>
/// <param name="Size">How large it is at first.</param>
/// <param name="Idle">How long nothing may be typed or printed; null: for ever.</param>
/// <param name="Total">How long it may be open; null: for ever.</param>
/// <param name="Turns">How turns are looked for in it; null: they are not.</param>
internal sealed record TerminalRequest(TerminalSize Size, TimeSpan? Idle = null, TimeSpan? Total = null, TurnRequest? Turns = null);
