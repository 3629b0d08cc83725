using System.Collections.Immutable;
using ToolRuntime.Events;
using ToolRuntime.Runners;
using ToolRuntime.Sessions;
using ToolRuntime.Tools;

namespace ToolRuntime.ToolExecutions;

/// <summary>What a runner reports, to the session and (heartbeats, its end) to the execution's grain.</summary>
internal sealed class RunnerSink(ISessionJournal journal, IToolExecutionGrain grain, string executionId, int attempt) : IRunnerSink
{
    public async Task<bool> WriteOutputAsync(OutputStream stream, long offset, ReadOnlyMemory<byte> bytes, long dropped, CancellationToken cancellationToken) =>
        Open(await journal.ReportExecutionAsync(executionId, new ExecutionOutput(attempt, stream, offset, bytes, dropped)));

    public async Task<bool> ReportProgressAsync(string stage, double? percent, string? message, JsonText? details, CancellationToken cancellationToken) =>
        Open(await journal.ReportExecutionAsync(executionId, new ExecutionProgress(attempt, stage, percent, message, details)));

    public async Task<bool> ReportWaitingAsync(long elapsedMs, string message, CancellationToken cancellationToken) =>
        Open(await journal.ReportExecutionAsync(executionId, new ExecutionWaiting(attempt, elapsedMs, message)));

    public async Task<bool> ReportTurnsAsync(ImmutableArray<TerminalTurn> turns, CancellationToken cancellationToken) =>
        Open(await journal.ReportExecutionAsync(executionId, new ExecutionTurns(attempt, turns)));

    public Task HeartbeatAsync() => grain.HeartbeatAsync(attempt);

    public async Task EndAsync(RunnerEnd end)
    {
        var error = end.Outcome == RunnerOutcome.Succeeded ? null : end.Error ?? new ToolError(ToolErrorCodes.ToolCrashed, "The tool ended without a word.");
        ExecutionTrigger trigger = error?.Code == ToolErrorCodes.RunnerLost
            ? new RunnerLost(attempt)
            : new ExecutionEnded(attempt, error, end.Result, end.Summary, end.Metrics, Text(end.Kept), Random.Shared.NextDouble());
        var reply = await journal.ReportExecutionAsync(executionId, trigger);
        if (reply.State is { } state) await grain.WakeAsync(state);
    }

    /// <summary>Output as a model gets it: standard output as it is, standard error under a heading.</summary>
    private static string? Text(KeptOutput? kept) => kept switch
    {
        null => null,
        { Stderr: null } => kept.Stdout,
        { Stdout: null } => $"[stderr]\n{kept.Stderr}",
        _ => $"{kept.Stdout}\n[stderr]\n{kept.Stderr}",
    };

    private bool Open(ExecutionReply reply) => reply.State is { IsFinal: false, Ending: null } state && state.Attempt == attempt;
}
