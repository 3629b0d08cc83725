using System.Text.Json;
using Microsoft.Extensions.Logging;
using ToolRuntime.Events;
using ToolRuntime.Tools;

namespace ToolRuntime.Runners;

/// <summary>One attempt of a tool, from its start until its end is delivered. Whatever goes wrong in it becomes its end.</summary>
internal sealed partial class ToolRunner : IDisposable
{
    private readonly RunnerSpec spec;
    private readonly IRunnerSink sink;
    private readonly ToolCatalog catalog;
    private readonly Redactor redactor;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stop = new();
    private readonly RunnerReporter reporter;
    private readonly RunnerContext context;
    private Task heartbeat = Task.CompletedTask;
    private volatile bool abandoned;

    public ToolRunner(RunnerSpec spec, IRunnerSink sink, RunnerParts parts)
    {
        (this.spec, this.sink, catalog, redactor, time, logger) = (spec, sink, parts.Catalog, parts.Redactor, parts.Time, parts.Logger);
        reporter = new(sink, redactor, parts.Options.MaxOutputBytes, time, logger, stop);
        context = new(spec, reporter, parts.Workspaces, stop.Token);
    }

    public RunnerSpec Spec => spec;

    /// <summary>Runs the attempt. Never throws.</summary>
    public async Task RunAsync()
    {
        try
        {
            using var activity = RunnerTrace.Start(spec);
            var end = await ExecuteAsync().ConfigureAwait(false);
            RunnerTrace.End(activity, end.Error);
            await reporter.CompleteAsync().ConfigureAwait(false);
            if (!abandoned && !reporter.Over) await DeliverAsync(Final(end)).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogBroken(logger, e, spec.Session, spec.ExecutionId, spec.Attempt);
        }
    }

    /// <summary>Ends the tool; its end is told once.</summary>
    public void Cancel() => _ = stop.CancelAsync();

    /// <summary>Ends the tool and tells nobody: the attempt counts as lost.</summary>
    public void Abandon()
    {
        abandoned = true;
        Cancel();
    }

    public void Suspend(bool suspended)
    {
        try
        {
            if (context.Gate.Set(suspended)) reporter.ResetSilence();
        }
        catch (Exception e)
        {
            LogSuspendFailed(logger, e, spec.Session, spec.ExecutionId);
        }
    }

    public InputOutcome WriteInput(InputWrite write) =>
        stop.IsCancellationRequested ? InputOutcome.NotRunning : context.Input?.Write(write) ?? InputOutcome.Unwanted;

    /// <summary>After <see cref="RunAsync"/>. Cancelling stays harmless.</summary>
    public void Dispose() => reporter.Dispose();

    /// <summary>Each half second.</summary>
    public void Tick(bool checkSilence)
    {
        if (stop.IsCancellationRequested) return;
        if (checkSilence && !context.Gate.Suspended) reporter.CheckSilence();
        if (heartbeat.IsCompleted) heartbeat = BeatAsync();
    }

    private async Task BeatAsync()
    {
        try
        {
            await sink.HeartbeatAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogHeartbeatFailed(logger, e, spec.Session, spec.ExecutionId);
        }
    }

    private async Task<(ToolResult? Result, ToolError? Error)> ExecuteAsync()
    {
        try
        {
            stop.Token.ThrowIfCancellationRequested();
            if (catalog.Find(spec.Tool) is not { } tool) return (null, catalog.WhyMissing(spec.Tool));

            var result = await tool.ExecuteAsync(new(spec.Tool, spec.Arguments.ToElement()), context, stop.Token).ConfigureAwait(false);
            return (result, result.Error);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return default;
        }
        catch (Exception e)
        {
            var error = ToolExceptionClassifier.Classify(e);
            if (error.Code == ToolErrorCodes.ToolCrashed && !stop.IsCancellationRequested) LogCrashed(logger, e, spec.Tool, spec.Session, spec.ExecutionId, spec.Attempt);
            return (null, error);
        }
    }

    private RunnerEnd Final((ToolResult? Result, ToolError? Error) end)
    {
        var metrics = new ToolMetrics(
            reporter.Output.OutputBytes, reporter.Output.DroppedBytes, context.Counters.FilesCreated, context.Counters.LinesWritten, context.Counters.ApiCalls);
        var (elapsed, kept) = ((long)reporter.Elapsed.TotalMilliseconds, reporter.Output.Kept);
        if (stop.IsCancellationRequested)
        {
            var cancelled = new ToolError(ToolErrorCodes.Cancelled, "The attempt was cancelled.");
            return new(RunnerOutcome.Cancelled, JsonText.EmptyObject, cancelled.Message, cancelled, elapsed, metrics, kept);
        }

        var error = end.Error;
        if (error is null)
        {
            try
            {
                return new(RunnerOutcome.Succeeded, redactor.Redact(end.Result!.Result), redactor.Redact(end.Result.Summary), null, elapsed, metrics, kept);
            }
            catch (JsonException e)
            {
                LogCrashed(logger, e, spec.Tool, spec.Session, spec.ExecutionId, spec.Attempt);
                error = new(ToolErrorCodes.ToolCrashed, "The tool's result is no JSON.");
            }
        }

        error = redactor.Redact(error);
        return new(RunnerOutcome.Failed, JsonText.EmptyObject, error.Message, error, elapsed, metrics, kept);
    }

    private async Task DeliverAsync(RunnerEnd end)
    {
        try
        {
            if (end.Outcome == RunnerOutcome.Cancelled) await sink.EndAsync(end).ConfigureAwait(false);
            else await Backoff.RepeatAsync(_ => SendAsync(end), time, (e, attempt) => LogEndRepeated(logger, e, spec.Session, spec.ExecutionId, attempt), stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Somebody else ended the attempt meanwhile.
        }
    }

    private async Task<bool> SendAsync(RunnerEnd end)
    {
        await sink.EndAsync(end).ConfigureAwait(false);
        return true;
    }
}
