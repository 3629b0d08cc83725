using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Grains.Tests.Support;

/// <summary>Executions at any point of their life.</summary>
internal static class Executions
{
    public static readonly DateTimeOffset Now = new(2026, 1, 31, 9, 30, 0, TimeSpan.Zero);

    public static readonly ExecutionSurroundings Around = new(Now, Now.AddMinutes(5), BatchPaused: false, Running: 3, HoldsSlot: true);

    public static readonly ToolError Final = new("exit_code", "Exit code 1.");

    public static readonly ToolError Temporary = new("rate_limit", "Too many requests.", Retryable: true);

    public static ExecutionState Make(ExecutionStatus status, string id = "x1", int index = 0)
    {
        var begun = status is not (ExecutionStatus.Pending or ExecutionStatus.AwaitingApproval);
        return new()
        {
            Id = id,
            BatchId = "b1",
            CallId = "c1",
            Index = index,
            Name = "shell",
            Arguments = JsonText.EmptyObject,
            Plan = new(60_000, false, false, false),
            Status = status,
            Attempt = begun ? 1 : 0,
            StartedAt = begun ? Now.AddSeconds(-60) : null,
            AttemptDeadline = status == ExecutionStatus.Executing ? Now : null,
            RetryAt = status == ExecutionStatus.Backoff ? Now : null,
            Terminal = new(80, 24),
        };
    }

    public static ExecutionState Idempotent(this ExecutionState state) => state with { Plan = state.Plan with { Idempotent = true } };

    public static ExecutionState WithProcesses(this ExecutionState state) => state with { Plan = state.Plan with { StartsProcess = true } };

    public static ExecutionState Ending(this ExecutionState state, string code) =>
        state.WithProcesses() with { Ending = new(new(code, "Enough."), Now.AddSeconds(-1)) };

    public static ExecutionState NeedingApproval(this ExecutionState state) => state with { Plan = state.Plan with { NeedsApproval = true } };

    /// <summary>One whose like took so long before; 0: none is known.</summary>
    public static ExecutionState Taking(this ExecutionState state, int ms) => state with { Plan = state.Plan with { UsualMs = ms == 0 ? null : ms } };

    public static ExecutionEnded Succeeded(int attempt = 1) => new(attempt, null, JsonText.EmptyObject, "Done.", new(10, 0, 2, 5, 1), null, 0.5);

    public static ExecutionEnded Failed(ToolError error, int attempt = 1, double jitter = 0.5) => new(attempt, error, JsonText.EmptyObject, error.Message, new(), null, jitter);

    public static ExecutionTrigger Trigger(ExecutionTriggerKind kind, int attempt = 1) => kind switch
    {
        ExecutionTriggerKind.Start => new StartExecution(),
        ExecutionTriggerKind.Refuse => new RefuseCall(new("unknown_tool", "There is no such tool.")),
        ExecutionTriggerKind.Approve => new ApproveExecution("alice", null),
        ExecutionTriggerKind.Deny => new DenyExecution("alice", null),
        ExecutionTriggerKind.Progress => new ExecutionProgress(attempt, "reading", 10, null, null),
        ExecutionTriggerKind.Output => new ExecutionOutput(attempt, Events.OutputStream.Stdout, 0, "hello"u8.ToArray(), 0),
        ExecutionTriggerKind.Waiting => new ExecutionWaiting(attempt, 60_000, "quiet"),
        ExecutionTriggerKind.Resize => new TerminalResized(132, 43, "alice"),
        ExecutionTriggerKind.Take => new TerminalTaken("alice", "w1"),
        ExecutionTriggerKind.Turn => new ExecutionTurns(attempt, [new(1, Tools.TurnState.Question, "osc633", 0, "ls")]),
        ExecutionTriggerKind.Succeed => Succeeded(attempt),
        ExecutionTriggerKind.Fail => Failed(Final, attempt),
        ExecutionTriggerKind.AttemptTimeout => new AttemptTimedOut(attempt, 0.5),
        ExecutionTriggerKind.RunnerLost => new RunnerLost(attempt),
        ExecutionTriggerKind.BackoffElapsed => new BackoffElapsed(attempt),
        ExecutionTriggerKind.Suspend => new SuspendExecution(),
        ExecutionTriggerKind.Continue => new ContinueExecution(),
        ExecutionTriggerKind.Cancel => new CancelExecution("Cancelled by alice."),
        ExecutionTriggerKind.BatchExpired => new BatchExpired(),
        ExecutionTriggerKind.EndingElapsed => new EndingElapsed(attempt),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
