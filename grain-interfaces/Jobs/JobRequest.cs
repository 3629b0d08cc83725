using System.Text.Json.Serialization;

namespace ToolRuntime.Jobs;

/// <summary>Has a batch run as a job: listed, perhaps later, perhaps with a webhook at its end.</summary>
/// <param name="Priority">Whom it goes before where executions wait for a slot; default <see cref="JobPriority.Default"/>.</param>
/// <param name="DelayMs">Begins so much later; at least 1, at most the server's <c>ToolRuntime:Jobs:MaxDelay</c>.</param>
/// <param name="StartAt">Begins then; not with <paramref name="DelayMs"/>. A time that is over means at once.</param>
/// <param name="Webhook">Who is told of its end.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.JobRequest")]
public sealed record JobRequest(JobPriority? Priority = null, long? DelayMs = null, DateTimeOffset? StartAt = null, WebhookRequest? Webhook = null);

/// <summary>An address that is told of a job's end, signed.</summary>
/// <param name="Url">http or https, without a user's name, at most 2,048 characters.</param>
/// <param name="Key">Which of the tenant's configured secrets signs; default the tenant's own.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.WebhookRequest")]
public sealed record WebhookRequest(string Url, string? Key = null);

/// <summary>What everybody sees of a batch that is a job.</summary>
/// <param name="Priority">Its priority.</param>
/// <param name="NotBefore">When it begins, where that was later than its making.</param>
/// <param name="Webhook">True where its end is told to somebody.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.JobInfo")]
public sealed record JobInfo(JobPriority Priority, DateTimeOffset? NotBefore = null, bool? Webhook = null);

/// <summary>Whom a job's executions go before where they wait for a slot.</summary>
[GenerateSerializer, Alias("toolruntime.JobPriority")]
[JsonConverter(typeof(WireEnumConverter<JobPriority>))]
public enum JobPriority
{
    /// <summary>As everything that names none.</summary>
    Default,

    /// <summary>Before those.</summary>
    Critical,

    /// <summary>Behind them, but not for ever.</summary>
    Low,
}

/// <summary>How a job stands.</summary>
[GenerateSerializer, Alias("toolruntime.JobState")]
[JsonConverter(typeof(WireEnumConverter<JobState>))]
public enum JobState
{
    /// <summary>Waits for its time.</summary>
    Scheduled,

    /// <summary>Waits for a slot, or for a silo of its tool's pool.</summary>
    Queued,

    /// <summary>Runs.</summary>
    Running,

    /// <summary>Waits for nothing but a person's approval.</summary>
    AwaitingApproval,

    /// <summary>Stopped by a command.</summary>
    Paused,

    /// <summary>At least one execution completed. Final.</summary>
    Completed,

    /// <summary>None did. Final.</summary>
    Failed,

    /// <summary>Its deadline passed. Final.</summary>
    TimedOut,

    /// <summary>Cancelled. Final.</summary>
    Cancelled,
}
