using System.Text.Json.Serialization;

namespace ToolRuntime.Views;

/// <summary>The states of a batch.</summary>
[GenerateSerializer, Alias("toolruntime.BatchStatus")]
[JsonConverter(typeof(WireEnumConverter<BatchStatus>))]
public enum BatchStatus
{
    /// <summary>Runs.</summary>
    Executing,

    /// <summary>Stopped by a command.</summary>
    Paused,

    /// <summary>All ended, at least one completed. Final.</summary>
    Completed,

    /// <summary>All ended and none completed, or the rest was cancelled after a failure. Final.</summary>
    Failed,

    /// <summary>The deadline passed. Final.</summary>
    TimedOut,

    /// <summary>Cancelled. Final.</summary>
    Cancelled,
}

/// <summary>The states of an execution.</summary>
[GenerateSerializer, Alias("toolruntime.ExecutionStatus")]
[JsonConverter(typeof(WireEnumConverter<ExecutionStatus>))]
public enum ExecutionStatus
{
    /// <summary>Waits for a slot.</summary>
    Pending,

    /// <summary>Waits for a person; holds no slot.</summary>
    AwaitingApproval,

    /// <summary>An attempt is under way.</summary>
    Executing,

    /// <summary>Waits for its next attempt; keeps its slot.</summary>
    Backoff,

    /// <summary>Succeeded. Final.</summary>
    Completed,

    /// <summary>Failed. Final.</summary>
    Failed,

    /// <summary>Ran out of its attempt's or its batch's time. Final.</summary>
    TimedOut,

    /// <summary>Cancelled. Final.</summary>
    Cancelled,
}
