using ToolRuntime.Events;

namespace ToolRuntime.Tools.Processes;

/// <summary>Runs a process for an attempt, from start to the end of its last descendant.</summary>
internal static class ProcessRun
{
    /// <summary>
    /// Streams the output, passes input, stops with a pause. When the process exits, what it started may go on writing for a while
    /// (<paramref name="drain"/>); then what is left of it is killed and the rest of the output passed on.
    /// </summary>
    /// <param name="process">What runs.</param>
    /// <param name="context">Its attempt.</param>
    /// <param name="drain">How long output may go on after its exit.</param>
    /// <param name="time">The clock.</param>
    /// <param name="before">What it reads before the attempt's own input.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled; everything has ended.</exception>
    public static async Task<ProcessEnd> RunAsync(
        ToolProcess process, IToolContext context, OutputDrain drain, TimeProvider time, ReadOnlyMemory<byte> before, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var inputDone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var suspension = context.OnSuspend(process.Suspend);
        var watch = process.Watch;
        var input = ProcessPipes.PumpInputAsync(before, context, process.Input, inputDone.Token);
        var output = Task.WhenAll(
            StopOnFailureAsync(
                ProcessPipes.PumpOutputAsync(process.Output, OutputStream.Stdout, context, watch, process.Ended, stop.Token), stop),
            StopOnFailureAsync(
                ProcessPipes.PumpOutputAsync(process.Error, OutputStream.Stderr, context, watch, process.Ended, stop.Token), stop));
        try
        {
            var exitCode = await process.Exited.WaitAsync(stop.Token);
            await drain.WaitAsync(output, watch, context, time, stop.Token);
            stop.Token.ThrowIfCancellationRequested();
            await process.EndAsync(TimeSpan.Zero);
            await output;
            cancellationToken.ThrowIfCancellationRequested();
            return new(exitCode, process.Leftovers);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await process.EndAsync(ToolProcess.Grace);
            await output;
            throw;
        }
        finally
        {
            await inputDone.CancelAsync();
            await input;
        }
    }

    internal static async Task StopOnFailureAsync(Task pump, CancellationTokenSource stop)
    {
        try
        {
            await pump;
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    }
}

/// <summary>How a process ended.</summary>
/// <param name="ExitCode">Its exit code, 128 + n when signal n ended it.</param>
/// <param name="Leftovers">The command lines of what it had started that was still running, and was ended.</param>
/// <param name="Limit">Why it was ended, where a limit of its terminal was met.</param>
internal sealed record ProcessEnd(int ExitCode, IReadOnlyList<string> Leftovers, ToolError? Limit = null);
