namespace ToolRuntime;

/// <summary>How an execution, or a reply of a model, failed.</summary>
/// <param name="Code">The tool's own word (<c>exit_code</c>), or one of <see cref="ToolErrorCodes"/>.</param>
/// <param name="Message">For a person and for the model.</param>
/// <param name="Retryable">Whether another attempt may succeed.</param>
/// <param name="RetryAfterMs">Not before so many milliseconds, if that is known.</param>
/// <param name="Details">An object with more, such as which quota is used up.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.ToolError")]
public sealed record ToolError(string Code, string Message, bool Retryable = false, long? RetryAfterMs = null, JsonText? Details = null);

/// <summary>The error codes that the runtime itself gives to executions and replies.</summary>
public static class ToolErrorCodes
{
    /// <summary>The runner vanished (its process died) while the attempt was under way.</summary>
    public const string RunnerLost = "runner_lost";

    /// <summary>The attempt took longer than its time-out.</summary>
    public const string AttemptTimeout = "attempt_timeout";

    /// <summary>The batch's deadline passed.</summary>
    public const string BatchDeadline = "batch_deadline";

    /// <summary>Cancelled by a command, or by <c>onFailure: cancel_rest</c>.</summary>
    public const string Cancelled = "cancelled";

    /// <summary>The approval that the tool needs was refused.</summary>
    public const string Denied = "denied";

    /// <summary>A model named a tool that does not exist.</summary>
    public const string UnknownTool = "unknown_tool";

    /// <summary>A model called a tool that the message's <c>tools</c> do not name.</summary>
    public const string ToolNotAllowed = "tool_not_allowed";

    /// <summary>The model's answer was cut off, so none of its calls ran.</summary>
    public const string CutOff = "cut_off";

    /// <summary>A model's arguments do not fit the tool's schema.</summary>
    public const string InvalidArguments = "invalid_arguments";

    /// <summary>The tool threw: a bug in it.</summary>
    public const string ToolCrashed = "tool_crashed";

    /// <summary>The way to something that the tool needs failed: a connection, a time-out, a server's fault. Retryable.</summary>
    public const string TransportFailed = "transport_failed";

    /// <summary>What the tool uses could not be connected to in time. Not retried; it counts against what could not be reached.</summary>
    public const string ConnectTimeout = "connect_timeout";

    /// <summary>The server that offers the tool can't be reached just now; nothing was begun. Retryable.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>The session's files can't be had, or not be saved, since the store of workspaces is away. Retryable.</summary>
    public const string WorkspaceUnavailable = "workspace_unavailable";

    /// <summary>A file can't be published: the store is away (retryable), or the file is too large for it.</summary>
    public const string BlobUnavailable = "blob_unavailable";

    /// <summary>The session's files are beyond a limit and are not saved until they are fewer.</summary>
    public const string WorkspaceTooLarge = "workspace_too_large";

    /// <summary>What the tool uses asked to come back later: a rate limit, a temporary failure. Retryable.</summary>
    public const string Temporary = "temporary";

    /// <summary>
    /// The tool failed so often of late that it is not even tried (its circuit breaker is open). Retryable by the caller; the runtime does
    /// not wait for it.
    /// </summary>
    public const string CircuitOpen = "circuit_open";

    /// <summary>
    /// A quota of the tenant, the user or the tool is used up; <c>details</c> has <c>scope</c>, <c>tool</c>, <c>measure</c>, <c>period</c>,
    /// <c>limit</c>, <c>used</c> and <c>until</c>. Nothing was begun.
    /// </summary>
    public const string QuotaExceeded = "quota_exceeded";

    /// <summary>The model or the way to it failed.</summary>
    public const string ModelFailed = "model_failed";

    /// <summary>The model's provider refused our key; a person has to mend it.</summary>
    public const string ModelUnauthorized = "model_unauthorized";

    /// <summary>
    /// The model's provider refused the request: an unknown model, a conversation that is too long, something it does not take.
    /// </summary>
    public const string ModelRejected = "model_rejected";

    /// <summary>The reply took more rounds of tool calls than allowed (16).</summary>
    public const string TooManyRounds = "too_many_rounds";
}
