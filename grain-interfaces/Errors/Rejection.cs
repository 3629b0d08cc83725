namespace ToolRuntime;

/// <summary>A command's refusal, as a value.</summary>
/// <param name="Code">The kind.</param>
/// <param name="Message">For a person; never a stack trace or a secret.</param>
/// <param name="Retryable">Whether the same command, under the same id, may succeed later.</param>
/// <param name="RetryAfterMs">When to try again, in milliseconds, where that is known.</param>
/// <param name="Details">An object with more, such as <c>index</c>, <c>path</c> and <c>reason</c>.</param>
/// <param name="ReconnectAfterMs">When another connection may find a server that takes commands again, in milliseconds, where this one stops.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.Rejection")]
public sealed record Rejection(
    ErrorCode Code, string Message, bool Retryable = false, int? RetryAfterMs = null, JsonText? Details = null, int? ReconnectAfterMs = null);
