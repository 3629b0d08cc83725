namespace ToolRuntime.Tools.Processes;

/// <summary>Runs commands for attempts, and says why one could not be run or was cut off.</summary>
internal sealed class CommandRuns(ProcessLauncher launcher, TimeProvider time)
{
    /// <summary>No end of the command's own: the attempt counts as lost.</summary>
    private static readonly ToolError CutOff = new(ToolErrorCodes.RunnerLost, "The silo hung for so long that its processes were ended.");

    /// <summary>Runs it to the end of its last descendant.</summary>
    /// <param name="run">What to run, and how.</param>
    /// <param name="context">Its attempt.</param>
    /// <param name="result">What its end says; called when nothing of it runs any more.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ToolResult> RunAsync(CommandRun run, IToolContext context, Func<ProcessEnd, ToolResult> result, CancellationToken cancellationToken)
    {
        try
        {
            await using var process = await launcher.StartAsync(run.Command);
            var end = await ProcessRun.RunAsync(process, context, run.Drain, time, run.Input, cancellationToken);
            return process.WasCutOff ? ToolResult.Failure(CutOff) : result(end);
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
}

/// <summary>One run of a command.</summary>
/// <param name="Command">What to start.</param>
/// <param name="Drain">How long its output may go on after its exit.</param>
/// <param name="Input">What it reads before what people type.</param>
internal sealed record CommandRun(ProcessCommand Command, OutputDrain Drain, ReadOnlyMemory<byte> Input = default);
