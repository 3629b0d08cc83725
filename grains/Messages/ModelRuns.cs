using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ToolRuntime.Events;
using ToolRuntime.Hosting;
using ToolRuntime.Models;
using ToolRuntime.Runners;
using ToolRuntime.Sessions;
using ToolRuntime.Tracing;

namespace ToolRuntime.Messages;

/// <summary>Asks models, outside any turn: streams their text, gathers their calls, and reports how each run ended.</summary>
internal sealed partial class ModelRuns(
    IModelCatalog models, ToolCatalog tools, IOptions<ModelOptions> options, SiloWork work, TimeProvider time, ILogger<ModelRuns> logger)
{
    public ModelRun Start(Prompt prompt, ModelSink sink)
    {
        var run = new ModelRun(sink.Round, sink.Attempt);
        work.Join();
        using (ExecutionContext.SuppressFlow()) _ = Task.Run(() => RunToEndAsync(prompt, sink, run.Stopping), CancellationToken.None);
        return run;
    }

    private async Task RunToEndAsync(Prompt prompt, ModelSink sink, CancellationToken stopping)
    {
        try
        {
            await RunAsync(prompt, sink, stopping);
        }
        finally
        {
            work.End();
        }
    }

    private async Task RunAsync(Prompt prompt, ModelSink sink, CancellationToken stopping)
    {
        var deltas = new DeltaStream(sink, (offset, text) => new ReplyDelta(sink.Round, sink.Attempt, offset, text), options.Value, time, stopping);
        using var scope = LogScope.Begin(logger, sink.Session, prompt.Trace);
        using var activity = ModelTrace.Start(prompt, sink);
        var (began, outcome) = (time.GetTimestamp(), "completed");
        try
        {
            await AskAsync(prompt, sink, deltas, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            outcome = "cancelled";
            // The reply was cancelled or goes on elsewhere; its state says so.
        }
        catch (Exception exception)
        {
            outcome = "failed";
            ModelTrace.Failed(activity, ModelFailures.Of(exception).Error.Code);
            await FailAsync(exception, sink, deltas, stopping);
        }
        finally
        {
            ModelMetrics.Ended(time.GetElapsedTime(began), outcome);
        }
    }

    private async Task AskAsync(Prompt prompt, ModelSink sink, DeltaStream deltas, CancellationToken stopping)
    {
        var thoughts = prompt.Settings?.ShowReasoning == true
            ? new DeltaStream(sink, (offset, text) => new ReplyReasoning(sink.Round, sink.Attempt, offset, text), options.Value, time, stopping)
            : null;
        var calls = new List<FunctionCallContent>();
        TokenUsage? usage = null;
        ChatFinishReason? finish = null;
        JsonText? provided = null;
        await foreach (var update in models.Get(prompt.Model).GetStreamingResponseAsync(ChatPrompts.Of(prompt), ChatPrompts.Options(prompt, tools), stopping))
        {
            finish = update.FinishReason ?? finish;
            foreach (var content in update.Contents)
            {
                if (content is TextContent { Text.Length: > 0 } text && !await deltas.AddAsync(text.Text)) return;
                if (thoughts is not null && content is TextReasoningContent { Text.Length: > 0 } thought && !await thoughts.AddAsync(thought.Text)) return;
                if (content is FunctionCallContent call) calls.Add(call);
                if (content is ProviderContent { Parts: { Json.Length: <= ProviderContent.MaxLength } parts }) provided = parts;
                if (content is UsageContent { Details: var d }) usage = MessageMachine.Sum(usage, new(d.InputTokenCount ?? 0, d.OutputTokenCount ?? 0, d.TotalTokenCount));
            }
        }

        if (thoughts is not null && !await thoughts.CompleteAsync()) return;
        if (!await deltas.CompleteAsync()) return;
        MessageTrigger end = calls.Count > 0
            ? new ReplyAsksForTools(sink.Round, sink.Attempt, ModelCalls.Of(calls, finish), usage, provided)
            : new ReplyFinished(sink.Round, sink.Attempt, finish?.Value ?? "stop", usage, provided);
        await sink.ReportAsync(end, time, stopping);
    }

    /// <summary>Reports a failure, after the text that came before it.</summary>
    private async Task FailAsync(Exception exception, ModelSink sink, DeltaStream deltas, CancellationToken stopping)
    {
        LogFailed(logger, sink.MessageId, sink.Round, sink.Attempt, exception);
        var (error, tryAgain) = ModelFailures.Of(exception);
        try
        {
            if (!await LastWordsAsync(deltas, stopping)) return;
            await sink.ReportAsync(new ReplyModelFailed(sink.Round, sink.Attempt, error, tryAgain), time, stopping);
        }
        catch (Exception) when (work.IsClosed)
        {
            // The host stops, its grains are gone before; the reply goes on after the restart.
        }
        catch (Exception lost)
        {
            LogUnreported(logger, sink.MessageId, lost);
        }
    }

    /// <summary>Sends the text that waits; a failure is told even if it can't be sent. False: the run is over.</summary>
    private static async Task<bool> LastWordsAsync(DeltaStream deltas, CancellationToken stopping)
    {
        try
        {
            return await deltas.CompleteAsync();
        }
        catch (Exception) when (!stopping.IsCancellationRequested)
        {
            return true;
        }
    }
}
