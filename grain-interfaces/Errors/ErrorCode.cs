using System.Text.Json.Serialization;

namespace ToolRuntime;

/// <summary>Why a command was refused or could not be done; on the wire in snake case.</summary>
[GenerateSerializer, Alias("toolruntime.ErrorCode")]
[JsonConverter(typeof(WireEnumConverter<ErrorCode>))]
public enum ErrorCode
{
    /// <summary>Something broke on our side; details are in the log only. Retryable.</summary>
    Internal,

    /// <summary>The text is no JSON object or has no usable id.</summary>
    InvalidFrame,

    /// <summary>An unknown command, or a field that is missing, malformed or out of its range.</summary>
    InvalidCommand,

    /// <summary>A tool's arguments do not fit its schema; <c>details</c> has <c>index</c>, <c>path</c> and <c>reason</c>.</summary>
    InvalidArguments,

    /// <summary>No usable credentials.</summary>
    Unauthenticated,

    /// <summary>The subject may not do this, or not to this session.</summary>
    Forbidden,

    /// <summary>There is no such session, message, batch, execution or tool.</summary>
    NotFound,

    /// <summary>It does not fit what is: another content under the same id, or a transition that the state does not allow.</summary>
    Conflict,

    /// <summary>Too much in too short a time; <c>retryAfterMs</c> says when. Retryable.</summary>
    RateLimited,

    /// <summary>Larger than its limit.</summary>
    TooLarge,

    /// <summary>A quota is used up: queued messages, open executions, stored bytes.</summary>
    QuotaExceeded,

    /// <summary>
    /// The store or the owner of the session can't be reached just now. Retryable; nothing was done, or the same id repeats it safely.
    /// </summary>
    Unavailable,

    /// <summary>No answer in time. Retryable under the same id.</summary>
    Timeout,

    /// <summary>The server has no search index.</summary>
    SearchNotConfigured,
}
