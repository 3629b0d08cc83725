using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Sessions;

/// <summary>Who asks, as authenticated.</summary>
/// <param name="Subject">The user or service.</param>
/// <param name="AllSessions">Has the scope <c>sessions:all</c>.</param>
/// <param name="Limits">What the caller may use; null means no limits.</param>
/// <param name="HostProcesses">Has the scope <c>host:processes</c>.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.Caller")]
public sealed record Caller(string Subject, bool AllSessions = false, CallerLimits? Limits = null, bool HostProcesses = false);

/// <summary>What a caller may use; 0 means no limit.</summary>
/// <param name="Executions">Executions of the subject that run at a time, on one silo; model-made ones wait, <c>tools.run</c> is refused with <c>rate_limited</c>.</param>
/// <param name="OwnerBytes">Bytes in the logs of all sessions of one owner; beyond it what would add is refused with <c>quota_exceeded</c>.</param>
/// <param name="TenantBytes">The same for all sessions of the tenant.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.CallerLimits")]
public sealed record CallerLimits(int Executions, long OwnerBytes, long TenantBytes);

/// <summary>A value or a refusal, exactly one of them.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.SessionReply`1")]
public sealed record SessionReply<T>(T? Value, Rejection? Error)
{
    /// <summary>Whether it is a value.</summary>
    [JsonIgnore]
    public bool Succeeded => Error is null;
}

/// <summary>A session at one point of its log.</summary>
/// <param name="Epoch">The log's epoch.</param>
/// <param name="Seq">The last event that the view holds.</param>
/// <param name="View">The view's JSON, UTF-8, at most 1 MB.</param>
/// <param name="Check">The check of that event, where it has one.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.SessionSnapshot")]
public sealed record SessionSnapshot(string Epoch, long Seq, ReadOnlyMemory<byte> View, string? Check = null);

/// <summary>What a session publishes after each commit on the stream (<see cref="SessionStreams"/>).</summary>
/// <param name="Epoch">The log's epoch.</param>
/// <param name="After">The seq before the first event.</param>
/// <param name="Seq">The last event's seq.</param>
/// <param name="Events">All of <c>After &lt; s &lt;= Seq</c>.</param>
/// <param name="DeletedBy">Who deleted the session; there is nothing after that frame.</param>
/// <param name="Before">The check of <paramref name="After"/>, where that has one: what comes is of the history that has it there.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.SessionFrame")]
public sealed record SessionFrame(string Epoch, long After, long Seq, ImmutableArray<EncodedEvent> Events, string? DeletedBy = null, string? Before = null);

/// <summary>Where sessions publish.</summary>
public static class SessionStreams
{
    /// <summary>The stream provider's name.</summary>
    public const string Provider = "session-events";

    /// <summary>The stream's namespace; its key is the session's grain key.</summary>
    public const string Namespace = "session";

    /// <summary>The grain storage that a silo must offer for sessions' snapshots.</summary>
    public const string GrainStorage = "sessions";
}
