using System.Collections.Immutable;

namespace ToolRuntime.SessionLog;

/// <summary>
/// What a log says of itself. <c>First</c> is the first kept seq (head + 1 when nothing is kept), <c>Check</c> that of the entry at the head, if any.
/// </summary>
public sealed record LogHeader(string Epoch, long Head, long First, string Owner, ImmutableArray<string> Members, string? Check = null);

/// <summary>A log taken over for writing.</summary>
public sealed record LogOpening(string Token, LogHeader Header);

/// <summary>Where a log ends.</summary>
public readonly record struct LogHead(string Epoch, long Seq);

/// <summary>An event as clients get it: encoded once, the same bytes stored, published and sent.</summary>
/// <param name="Seq">Its number.</param>
/// <param name="Type">Its wire type, for filters.</param>
/// <param name="Target">The execution, batch or message it is about, for leaving out superseded progress.</param>
/// <param name="Json">UTF-8.</param>
/// <param name="Check">A <see cref="LogCheck"/>, by which a cursor at this event proves itself; null in entries of older versions.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.EncodedEvent")]
public sealed record EncodedEvent(long Seq, string Type, string? Target, ReadOnlyMemory<byte> Json, string? Check = null);

/// <summary>An entry: the event, and what only the session's grain reads (empty for most).</summary>
public sealed record LogEntry(EncodedEvent Event, ReadOnlyMemory<byte> Private);

/// <summary>A part of a log, with the header's epoch, head and first kept seq at the time of reading.</summary>
public sealed record LogPage(string Epoch, long Head, long First, ImmutableArray<LogEntry> Entries);

/// <summary>How much to read at a time.</summary>
public readonly record struct LogReadLimits(int MaxEntries, int MaxBytes);

/// <summary>A place in a list of sessions: behind the one of that id that was last active then.</summary>
public readonly record struct SessionListPlace(DateTimeOffset UpdatedAt, string Session);

/// <summary>A session in a list; no label where none has been kept yet.</summary>
public sealed record SessionSummary(string Session, string Owner, long Head, DateTimeOffset UpdatedAt, SessionLabel? Label = null);

/// <summary>Bytes of entries, private parts included, in the logs of all sessions of an owner, and of the owner's tenant.</summary>
public readonly record struct StoredBytes(long Owner, long Tenant);

/// <summary>How an append ended.</summary>
public enum AppendOutcome
{
    /// <summary>Durable.</summary>
    Committed,

    /// <summary>The token is void: somebody opened the log since. Nothing was written.</summary>
    TokenVoid,

    /// <summary>The head is not the expected one. Nothing was written.</summary>
    HeadMoved,
}

/// <summary>The store could not be reached or failed; whether an append took place is unknown.</summary>
[GenerateSerializer, Alias("toolruntime.SessionLogUnavailableException")]
public sealed class SessionLogUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What is wrong with the store, in words for a client; null when that is not known. With a reason a repetition at once is of no use.</summary>
    [Id(0)]
    public string? Reason { get; init; }

    /// <summary>What clients are told.</summary>
    public Rejection ToRejection() => Reason is { } reason
        ? new(ErrorCode.Unavailable, $"The store can't be used just now: {reason}.", Retryable: true, RetryAfterMs: 1_000)
        : new(ErrorCode.Unavailable, "The session's log can't be written just now.", Retryable: true, RetryAfterMs: 500);

    /// <summary>The one that an exception is, or comes from.</summary>
    public static SessionLogUnavailableException? In(Exception? exception)
    {
        while (exception is not null and not SessionLogUnavailableException) exception = exception.InnerException;
        return exception as SessionLogUnavailableException;
    }
}
