using System.Buffers;
using ToolRuntime.Events;
using ToolRuntime.Tools.Boundaries;

namespace ToolRuntime.Tools.Processes;

/// <summary>Runs a process with a terminal for an attempt, from start to the end of its last descendant; what <see cref="ProcessRun"/> is with pipes.</summary>
internal static class TerminalRun
{
    // More than the kernel gives at a time.
    private const int Buffer = 8 * 1024;

    /// <summary>
    /// Streams the output, types the input, follows the size, stops with a pause, and ends the process when nothing happens for too long.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; everything has ended.</exception>
    public static async Task<ProcessEnd> RunAsync(
        ToolProcess process, TerminalRequest request, IToolContext context, OutputDrain drain, TimeProvider time, CancellationToken cancellationToken)
    {
        using var total = new PausableTimeout(request.Total, context, time, cancellationToken);
        using var idle = new PausableTimeout(request.Idle, context, time, total.Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(idle.Token);
        using var inputDone = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        using var suspension = context.OnSuspend(process.Suspend);
        var turns = request.Turns is { } marks ? new TurnDetector(marks.Rules, request.Size, null, new ForegroundProbe(process.Terminal!), marks.Nonce) : null;
        using var control = context.OnTerminal(control => Apply(process, turns, control));
        if (turns is not null) context.WatchTurns(turns);
        var watch = process.Watch;
        var input = TypeAsync(process.Terminal!, context, idle, inputDone.Token);
        var output = ProcessRun.StopOnFailureAsync(ShowAsync(process, context, watch, idle, stop.Token), stop);
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
            if (cancellationToken.IsCancellationRequested || Met(total, idle, request) is not { } limit) throw;
            return new(await process.Exited, process.Leftovers, limit);
        }
        finally
        {
            await inputDone.CancelAsync();
            await input;
        }
    }

    private static ToolError? Met(PausableTimeout total, PausableTimeout idle, TerminalRequest request) =>
        total.Elapsed ? new("terminal_total", $"A terminal is open for at most {request.Total!.Value.TotalMinutes:0.##} minutes.")
            : idle.Elapsed ? new("terminal_idle", $"Nothing was typed or printed for {request.Idle!.Value.TotalMinutes:0.##} minutes.")
            : null;

    private static bool Apply(ToolProcess process, TurnDetector? turns, TerminalControl control)
    {
        if (control.Size is { } size)
        {
            turns?.Resize(size);
            process.Terminal!.Resize(size);
        }

        return control.Signal is not { } name || process.SignalForeground(TerminalSignal.Of(name));
    }

    // Reads on only when the bytes before are taken, so a fast process blocks on its own terminal.
    private static async Task ShowAsync(ToolProcess process, IToolContext context, OutputWatch watch, PausableTimeout idle, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Buffer);
        var rest = ProcessPipes.MostRest;
        try
        {
            while (await process.Terminal!.ReadAsync(buffer, process.Ended) is var read and > 0)
            {
                if (process.Ended.IsCancellationRequested && (rest -= read) < 0) return;
                idle.Restart();
                watch.Begin(read);
                try
                {
                    if (!cancellationToken.IsCancellationRequested) await context.WriteOutputAsync(OutputStream.Terminal, buffer.AsMemory(0, read), cancellationToken);
                }
                catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
                {
                    // The rest is thrown away, so that what ends is not held up.
                }
                finally
                {
                    watch.End();
                }
            }
        }
        catch (OperationCanceledException) when (process.Ended.IsCancellationRequested)
        {
            // Nothing is left that could print.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task TypeAsync(PseudoTerminal terminal, IToolContext context, PausableTimeout idle, CancellationToken cancellationToken)
    {
        try
        {
            while (await context.ReadInputAsync(cancellationToken) is { IsEmpty: false } bytes)
            {
                idle.Restart();
                if (!await terminal.WriteAsync(bytes, cancellationToken)) return;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The process or the attempt is over.
        }
    }
}
