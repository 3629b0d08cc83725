using System.Text.Json;
using Microsoft.Extensions.Logging;
using ToolRuntime.Events;
using ToolRuntime.Runners.Policies;
using ToolRuntime.Tools;
using ToolRuntime.Tracing;
using ToolRuntime.Usage;

namespace ToolRuntime.Runners;

/// <summary>One attempt of a tool, from its start until its end is delivered. Whatever goes wrong in it becomes its end.</summary>
internal sealed partial class ToolRunner : IDisposable
{
    private readonly RunnerSpec spec;
    private readonly IRunnerSink sink;
    private readonly ToolCalls calls;
    private readonly ToolMeter meter;
    private readonly Admission admission;
    private readonly UsageLedger? usage;
    private readonly Redactor redactor;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stop = new();
    private readonly RunnerReporter reporter;
    private readonly RunnerContext context;
    private Task heartbeat = Task.CompletedTask;
    private readonly CancellationTokenSource abandoning = new();
    private readonly TimeSpan endWithin;
    private volatile bool abandoned;
    private volatile bool saving;

    /// <param name="spec">What to run.</param>
    /// <param name="sink">Where it reports to.</param>
    /// <param name="parts">What all runners share.</param>
    /// <param name="admission">What the attempt holds while it runs; given back by <see cref="Dispose"/>.</param>
    public ToolRunner(RunnerSpec spec, IRunnerSink sink, RunnerParts parts, Admission admission)
    {
        (this.spec, this.sink, this.admission) = (spec, sink, admission);
        (calls, meter, redactor, time, logger) = (parts.Calls, parts.Meter, parts.Redactor, parts.Time, parts.Logger);
        (endWithin, usage) = (parts.Options.EndWithin, parts.Usage);
        reporter = new(sink, redactor, parts.Options.MaxOutputBytes, time, logger, stop);
        context = new(spec, reporter, parts.Workspaces, parts.Blobs, stop.Token);
    }

    public RunnerSpec Spec => spec;

    /// <summary>Whether the tool has ended and only its files are still to be saved, which takes a bounded time.</summary>
    public bool Saving => saving;

    /// <summary>Runs the attempt. Never throws.</summary>
    public async Task RunAsync()
    {
        meter.Started(spec.Tool);
        RunnerEnd? end = null;
        try
        {
            using var scope = LogScope.Begin(logger, spec.Session, spec.Trace);
            using var activity = RunnerTrace.Start(spec);
            var outcome = await ExecuteAsync().ConfigureAwait(false);
            await LeaveWorkspaceAsync().ConfigureAwait(false);
            RunnerTrace.End(activity, outcome.Error);
            await reporter.CompleteAsync().ConfigureAwait(false);
            if (abandoned || reporter.Broken) return;

            end = Final(outcome);
            await DeliverAsync(end).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogBroken(logger, e, spec.Session, spec.ExecutionId, spec.Attempt);
        }
        finally
        {
            meter.Ended(spec.Tool, OutcomeOf(end), reporter.Elapsed);
            usage?.Ended(spec, admission.Charge, AttemptUsage.Of(OutcomeOf(end), end?.Metrics, reporter, context));
        }
    }

    /// <summary>Ends the tool; its end is told once.</summary>
    public void Cancel(bool timedOut = false)
    {
        context.TimedOut |= timedOut;
        _ = stop.CancelAsync();
    }

    /// <summary>Ends the tool and tells nobody: the attempt counts as lost.</summary>
    public void Abandon()
    {
        abandoned = true;
        _ = abandoning.CancelAsync();
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

    public InputOutcome Control(TerminalControl control) =>
        stop.IsCancellationRequested || context.Terminal is not { } terminal ? InputOutcome.NotRunning : terminal(control) ? InputOutcome.Taken : InputOutcome.Unwanted;

    /// <summary>After <see cref="RunAsync"/>. Cancelling stays harmless.</summary>
    public void Dispose()
    {
        reporter.Dispose();
        admission.Dispose();
    }

    /// <summary>Each half second.</summary>
    public void Tick(bool checkSilence)
    {
        if (stop.IsCancellationRequested) return;
        if (checkSilence && !spec.Endless && !context.Gate.Suspended) reporter.CheckSilence();
        if (heartbeat.IsCompleted) heartbeat = BeatAsync();
    }

    /// <summary>What the tool has done counts, whether its files could be saved or not.</summary>
    private async Task LeaveWorkspaceAsync()
    {
        saving = true;
        try
        {
            if (await context.LeaveWorkspaceAsync(wait: !stop.IsCancellationRequested).ConfigureAwait(false) is not { } why) return;
            reporter.Progress(new("workspace_not_saved", null, why.Message, JsonText.Object(json => json.WriteString("code", why.Code))));
        }
        finally
        {
            saving = false;
        }
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

    private string? OutcomeOf(RunnerEnd? end) => end?.Outcome switch
    {
        null => null,
        RunnerOutcome.Succeeded => "completed",
        RunnerOutcome.Failed => "failed",
        _ => context.TimedOut ? "timeout" : "cancelled",
    };

    private async Task<(ToolResult? Result, ToolError? Error, CacheHit? Hit)> ExecuteAsync()
    {
        try
        {
            stop.Token.ThrowIfCancellationRequested();
            var (result, hit) = await calls.RunAsync(spec, admission, context, stop.Token).ConfigureAwait(false);
            return (result, result.Error, hit);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return default;
        }
        catch (Exception e)
        {
            var error = ToolExceptionClassifier.Classify(e);
            if (error.Code == ToolErrorCodes.ToolCrashed && !stop.IsCancellationRequested) LogCrashed(logger, e, spec.Tool, spec.Session, spec.ExecutionId, spec.Attempt);
            return (null, error, null);
        }
    }

    private RunnerEnd Final((ToolResult? Result, ToolError? Error, CacheHit? Hit) end)
    {
        var metrics = new ToolMetrics(
            reporter.Output.OutputBytes, reporter.Output.DroppedBytes, context.Counters.FilesCreated, context.Counters.LinesWritten, context.Counters.ApiCalls)
        {
            Cached = end.Hit is null ? null : true,
            AgeMs = (long?)end.Hit?.Age.TotalMilliseconds,
            PeakMemoryBytes = context.Counters.PeakMemoryBytes,
            CpuMs = context.Counters.CpuMs,
            BytesIn = context.Counters.BytesIn is > 0 and var taken ? taken : null,
            BytesOut = context.Counters.BytesOut is > 0 and var given ? given : null,
        };
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
            if (end.Outcome != RunnerOutcome.Cancelled) await RepeatAsync(end, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Somebody else ends the attempt meanwhile, and waits to hear that nothing of it runs.
            end = end with { Outcome = RunnerOutcome.Cancelled };
        }

        if (end.Outcome == RunnerOutcome.Cancelled) await DeliverCancelledAsync(end).ConfigureAwait(false);
    }

    private async Task DeliverCancelledAsync(RunnerEnd end)
    {
        using var patience = new CancellationTokenSource(endWithin, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, abandoning.Token);
        try
        {
            await RepeatAsync(end, over.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // Nobody waits for it any more.
        }
    }

    private Task<bool> RepeatAsync(RunnerEnd end, CancellationToken cancellationToken) => Backoff.RepeatAsync(
        _ => SendAsync(end), time, (e, attempt) => LogEndRepeated(logger, e, spec.Session, spec.ExecutionId, attempt), cancellationToken);

    private async Task<bool> SendAsync(RunnerEnd end)
    {
        await sink.EndAsync(end).ConfigureAwait(false);
        return true;
    }
}
