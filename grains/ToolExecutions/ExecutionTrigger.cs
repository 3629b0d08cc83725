using System.Collections.Immutable;
using ToolRuntime.Events;
using ToolRuntime.Tools;

namespace ToolRuntime.ToolExecutions;

/// <summary>What can happen to an execution.</summary>
[GenerateSerializer, Alias("toolruntime.ExecutionTriggerKind")]
internal enum ExecutionTriggerKind
{
    Start,
    Refuse,
    Approve,
    Deny,
    Progress,
    Output,
    Waiting,
    Succeed,
    Fail,
    AttemptTimeout,
    RunnerLost,
    BackoffElapsed,
    Suspend,
    Continue,
    Cancel,
    BatchExpired,

    /// <summary>What ends for long enough has to be left.</summary>
    EndingElapsed,

    /// <summary>People gave its terminal another size.</summary>
    Resize,

    /// <summary>Somebody types into its terminal from now on.</summary>
    Take,

    /// <summary>A turn at its terminal has begun or gone on.</summary>
    Turn,
}

/// <summary>A trigger; <see cref="Attempt"/> is set on what comes from a runner or timer, and a stale one is ignored.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ExecutionTrigger")]
internal abstract record ExecutionTrigger([property: Id(0)] ExecutionTriggerKind Kind, [property: Id(1)] int? Attempt = null);

/// <summary>A slot is free. <paramref name="Starter"/> names who asks, and so who runs the attempt; <paramref name="Silo"/> the incarnation of its silo, in a cluster.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.StartExecution")]
internal sealed record StartExecution(long? Starter = null, string? Silo = null) : ExecutionTrigger(ExecutionTriggerKind.Start);

/// <summary>The model's call is wrong; nothing runs.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.RefuseCall")]
internal sealed record RefuseCall(ToolError Error) : ExecutionTrigger(ExecutionTriggerKind.Refuse);

[GenerateSerializer, Immutable, Alias("toolruntime.ApproveExecution")]
internal sealed record ApproveExecution(string By, string? Reason) : ExecutionTrigger(ExecutionTriggerKind.Approve);

[GenerateSerializer, Immutable, Alias("toolruntime.DenyExecution")]
internal sealed record DenyExecution(string By, string? Reason) : ExecutionTrigger(ExecutionTriggerKind.Deny);

[GenerateSerializer, Immutable, Alias("toolruntime.ExecutionProgress")]
internal sealed record ExecutionProgress(int Of, string Stage, double? Percent, string? Message, JsonText? Details) : ExecutionTrigger(ExecutionTriggerKind.Progress, Of);

/// <summary>Bytes of a stream; one whose offset lies before the stream's end has been applied already.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ExecutionOutput")]
internal sealed record ExecutionOutput(int Of, OutputStream Stream, long Offset, ReadOnlyMemory<byte> Bytes, long Dropped) : ExecutionTrigger(ExecutionTriggerKind.Output, Of);

[GenerateSerializer, Immutable, Alias("toolruntime.ExecutionWaiting")]
internal sealed record ExecutionWaiting(int Of, long ElapsedMs, string Message) : ExecutionTrigger(ExecutionTriggerKind.Waiting, Of);

/// <summary>The runner's end, well or not. <paramref name="Jitter"/> (0..1) is the caller's dice for a retry's delay; <paramref name="Kept"/> is the output that a model gets.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ExecutionEnded")]
internal sealed record ExecutionEnded(int Of, ToolError? Error, JsonText Result, string Summary, ToolMetrics Metrics, string? Kept, double Jitter)
    : ExecutionTrigger(Error is null ? ExecutionTriggerKind.Succeed : ExecutionTriggerKind.Fail, Of);

[GenerateSerializer, Immutable, Alias("toolruntime.AttemptTimedOut")]
internal sealed record AttemptTimedOut(int Of, double Jitter) : ExecutionTrigger(ExecutionTriggerKind.AttemptTimeout, Of);

/// <summary><paramref name="DelayMs"/>: how much longer something of the attempt may run.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.RunnerLost")]
internal sealed record RunnerLost(int Of, long DelayMs = 0) : ExecutionTrigger(ExecutionTriggerKind.RunnerLost, Of);

[GenerateSerializer, Immutable, Alias("toolruntime.BackoffElapsed")]
internal sealed record BackoffElapsed(int Of, long? Starter = null, string? Silo = null) : ExecutionTrigger(ExecutionTriggerKind.BackoffElapsed, Of);

[GenerateSerializer, Immutable, Alias("toolruntime.SuspendExecution")]
internal sealed record SuspendExecution() : ExecutionTrigger(ExecutionTriggerKind.Suspend);

[GenerateSerializer, Immutable, Alias("toolruntime.ContinueExecution")]
internal sealed record ContinueExecution() : ExecutionTrigger(ExecutionTriggerKind.Continue);

/// <summary><paramref name="AtOnce"/>: without waiting for its processes' end.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.CancelExecution")]
internal sealed record CancelExecution(string Reason, bool AtOnce = false) : ExecutionTrigger(ExecutionTriggerKind.Cancel);

[GenerateSerializer, Immutable, Alias("toolruntime.BatchExpired")]
internal sealed record BatchExpired() : ExecutionTrigger(ExecutionTriggerKind.BatchExpired);

[GenerateSerializer, Immutable, Alias("toolruntime.EndingElapsed")]
internal sealed record EndingElapsed(int Of) : ExecutionTrigger(ExecutionTriggerKind.EndingElapsed, Of);

[GenerateSerializer, Immutable, Alias("toolruntime.TerminalResized")]
internal sealed record TerminalResized(int Cols, int Rows, string By) : ExecutionTrigger(ExecutionTriggerKind.Resize);

[GenerateSerializer, Immutable, Alias("toolruntime.TerminalTaken")]
internal sealed record TerminalTaken(string By, string? As) : ExecutionTrigger(ExecutionTriggerKind.Take);

[GenerateSerializer, Immutable, Alias("toolruntime.ExecutionTurns")]
internal sealed record ExecutionTurns(int Of, ImmutableArray<TerminalTurn> Turns) : ExecutionTrigger(ExecutionTriggerKind.Turn, Of);
