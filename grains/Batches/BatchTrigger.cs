namespace ToolRuntime.Batches;

/// <summary>What can happen to a batch.</summary>
[GenerateSerializer, Alias("toolruntime.BatchTriggerKind")]
internal enum BatchTriggerKind
{
    /// <summary>A figure changed; says so at most ten times a second.</summary>
    Progress,
    Pause,
    Resume,
    MaxPauseElapsed,

    /// <summary>Every execution is final.</summary>
    AllFinal,

    /// <summary>An execution failed under <c>cancel_rest</c>; the rest is cancelled.</summary>
    RestCancelled,
    Cancel,
    Deadline,
}

/// <summary>A trigger, and who caused it where a person did.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.BatchTrigger")]
internal sealed record BatchTrigger(BatchTriggerKind Kind, string By = "");
