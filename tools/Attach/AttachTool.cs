using System.Globalization;
using Microsoft.Extensions.Options;
using ToolRuntime.Events;
using ToolRuntime.Tools.Processes;

namespace ToolRuntime.Tools.Attach;

/// <summary>
/// Shows the output of a process that somebody else started, and what it takes, until it exits, is left or a limit is met. It is left as it was, whatever happens; its
/// pipes are never read.
/// </summary>
internal sealed class AttachTool(ProcessLauncher launcher, IOptions<AttachOptions> options, TimeProvider time) : ITool
{
    private readonly WriteTracer tracer = new(launcher, options.Value, time);

    public ToolDescriptor Descriptor { get; } = AttachDescriptor.Create(options.Value);

    public async Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken)
    {
        try
        {
            using var target = AttachTarget.Open(call.FindNumber("pid")!.Value, call.Find("start")?.GetInt64());
            var plan = OutputPlan.Of(target, call.FindText("output") ?? "auto", tracer);
            return await RunAsync(target, plan, call.FindNumber("tail") ?? 0, context, cancellationToken);
        }
        catch (AttachException exception)
        {
            return ToolResult.Failure(exception.Error);
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

    public string? CircuitOf(ToolCall call) => null;

    private async Task<ToolResult> RunAsync(AttachTarget target, OutputPlan plan, int tail, IToolContext context, CancellationToken cancellationToken)
    {
        using var total = new PausableTimeout(options.Value.Total, context, time, cancellationToken);
        using var idle = new PausableTimeout(options.Value.Idle, context, time, total.Token);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(idle.Token);
        var exited = target.ExitedAsync(stop.Token);
        var figures = new AttachFigures(target, plan, time);
        var showing = figures.ShowAsync(context, stop.Token);
        try
        {
            var unseen = TraceAsync();
            var work = plan.Files.Select(file => new FollowedFile(target, file, file.Number == 2 ? OutputStream.Stderr : OutputStream.Stdout, time).RunAsync(tail, WriteAsync, exited, stop.Token));
            await FirstFailureAsync([exited, unseen, .. work], stop);
            return ToolResult.Success(figures.Result(exited: true, await unseen), $"process {target.Pid} has exited");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested && (total.Elapsed || idle.Elapsed))
        {
            var limit = total.Elapsed ? options.Value.Total : options.Value.Idle;
            var minutes = limit.TotalMinutes.ToString("0.##", CultureInfo.InvariantCulture);
            return ToolResult.Failure(
                total.Elapsed ? new("attach_total", $"A process is attached to for at most {minutes} minutes.") : new("attach_idle", $"The process printed nothing for {minutes} minutes."),
                figures.Result(exited: false, 0));
        }
        finally
        {
            await stop.CancelAsync();
            await showing;
        }

        async Task<long> TraceAsync()
        {
            if (plan.Traced.Count == 0) return 0;
            try
            {
                return await tracer.RunAsync(target, plan.Traced, WriteAsync, stop.Token);
            }
            catch (AttachException exception) when (!plan.Must && exception.Error.Code == AttachException.NotPermittedCode)
            {
                figures.Note = exception.Message;
                return 0;
            }
        }

        async ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes)
        {
            idle.Restart();
            var written = context.WriteOutputAsync(stream, bytes, stop.Token);
            if (written.IsCompletedSuccessfully) return;
            try
            {
                // A file waits for us; a traced process would wait too.
                await written.AsTask().WaitAsync(plan.Traced.Count > 0 ? options.Value.HoldUp : Timeout.InfiniteTimeSpan, time, stop.Token);
            }
            catch (TimeoutException)
            {
                throw new AttachException("attach_held_up", $"Its output could not be stored for {options.Value.HoldUp.TotalSeconds:0.##} s; it was left, so that it goes on.");
            }
        }
    }

    /// <summary>Waits for all; the first that fails ends the others, which leave the process before this returns.</summary>
    private static async Task FirstFailureAsync(IReadOnlyList<Task> tasks, CancellationTokenSource stop)
    {
        await Task.WhenAll(tasks.Select(task => ProcessRun.StopOnFailureAsync(task, stop))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (tasks.FirstOrDefault(task => task.Exception?.InnerException is not null) is { } failed) await failed;
        await Task.WhenAll(tasks);
    }
}
