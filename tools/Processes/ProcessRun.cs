using ToolRuntime.Events;

namespace ToolRuntime.Tools.Processes;

/// <summary>Runs a process for an attempt, from start to the end of its last descendant.</summary>
internal static class ProcessRun
{
    /// <summary>
    /// Streams the output, passes input, stops with a pause. When the process exits, what it left behind is killed and the rest of the output passed on.
    /// Returns the exit code, 128 + n when signal n ended it.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; everything has ended.</exception>
    public static async Task<int> RunAsync(ToolProcess process, IToolContext context, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var inputDone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var suspension = context.OnSuspend(process.Suspend);
        var input = ProcessPipes.PumpInputAsync(context, process.Input, inputDone.Token);
        var output = Task.WhenAll(
            StopOnFailureAsync(ProcessPipes.PumpOutputAsync(process.Output, OutputStream.Stdout, context, process.Ended, stop.Token), stop),
            StopOnFailureAsync(ProcessPipes.PumpOutputAsync(process.Error, OutputStream.Stderr, context, process.Ended, stop.Token), stop));
        try
        {
            var exitCode = await process.Exited.WaitAsync(stop.Token);
            await process.EndAsync(TimeSpan.Zero);
            await output;
            cancellationToken.ThrowIfCancellationRequested();
            return exitCode;
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

    private static async Task StopOnFailureAsync(Task pump, CancellationTokenSource stop)
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
