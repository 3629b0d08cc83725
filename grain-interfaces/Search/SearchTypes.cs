using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ToolRuntime.Events;
using ToolRuntime.Views;

namespace ToolRuntime.Search;

/// <summary>What a text in the index is.</summary>
[JsonConverter(typeof(WireEnumConverter<SearchKind>))]
public enum SearchKind
{
    /// <summary>A message of a person or of a model.</summary>
    Message,

    /// <summary>The arguments of a call.</summary>
    Command,

    /// <summary>A part of a call's output.</summary>
    Output,

    /// <summary>How a call ended: its summary and result, or its error.</summary>
    Result,
}

/// <summary>A text to be found, and where in its session's log it is.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="First">The first event that it is of.</param>
/// <param name="Last">The last one.</param>
/// <param name="At">When the first was.</param>
/// <param name="Target">What the events are about, as the log says: by it they are erased.</param>
/// <param name="Text">The text, without what terminals make colours of.</param>
public sealed record SearchDocument(SearchKind Kind, long First, long Last, DateTimeOffset At, string Target, string Text)
{
    /// <summary>The message that it is of, or that asked for the call.</summary>
    public string? MessageId { get; init; }

    /// <summary>The call.</summary>
    public string? ExecutionId { get; init; }

    /// <summary>The call's tool.</summary>
    public string? Tool { get; init; }

    /// <summary>Who wrote the message, or asked for the call.</summary>
    public string? User { get; init; }

    /// <summary>The output's stream.</summary>
    public OutputStream? Stream { get; init; }

    /// <summary>Where the output's text begins: a line of its stream, from 1.</summary>
    public int? Line { get; init; }
}

/// <summary>Texts that leave the index: those of a session that lie between two events, ends included, all or of one target.</summary>
public sealed record SearchRemoval(long From, long To, string? Target = null, string? MessageId = null);

/// <summary>How a call ended.</summary>
public sealed record SearchOutcome(string ExecutionId, ExecutionStatus State);

/// <summary>How far a session's log has been read, and what has to be known to go on.</summary>
/// <param name="Epoch">The log's.</param>
/// <param name="Seq">The last event that has been read.</param>
/// <param name="Version">Changes with everything that is written about the session; 0: nothing is.</param>
/// <param name="Notes">What the reader needs to go on.</param>
public sealed record SearchPlace(string Epoch, long Seq, long Version, string Notes = "")
{
    /// <summary>Nothing has been read.</summary>
    public static SearchPlace None { get; } = new("", 0, 0);
}

/// <summary>What one step of reading a session's log gave.</summary>
/// <param name="Session">The session.</param>
/// <param name="Owner">Whose it is.</param>
/// <param name="Before">The place that was read from: if it is not that any more, nothing is written.</param>
/// <param name="Place">The new one; its version does not matter.</param>
/// <param name="Afresh">Whether all that was there goes first.</param>
/// <param name="Removals">What goes then.</param>
/// <param name="Documents">What comes.</param>
/// <param name="Outcomes">Calls that have ended.</param>
public sealed record SearchUpdate(
    SessionKey Session,
    string Owner,
    SearchPlace Before,
    SearchPlace Place,
    bool Afresh,
    ImmutableArray<SearchRemoval> Removals,
    ImmutableArray<SearchDocument> Documents,
    ImmutableArray<SearchOutcome> Outcomes);

/// <summary>Who asks: everything of the tenant where there is no subject, else what the subject owns and the sessions named.</summary>
public sealed record SearchAccess(string Tenant, string? Subject, ImmutableArray<string> Shared);

/// <summary>What is asked.</summary>
public sealed record SearchRequest(SearchAccess Access, SearchQuery Query, int Limit)
{
    /// <summary>Only calls of this tool.</summary>
    public string? Tool { get; init; }

    /// <summary>Only calls that ended so.</summary>
    public ExecutionStatus? State { get; init; }

    /// <summary>Only texts of this kind.</summary>
    public SearchKind? Kind { get; init; }

    /// <summary>Not before.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Only in this session.</summary>
    public string? Session { get; init; }

    /// <summary>Only what this subject wrote or asked for.</summary>
    public string? User { get; init; }

    /// <summary>Where the page before ended.</summary>
    public SearchCursor? After { get; init; }
}

/// <summary>A place in what was found: by relevance behind so many, or newest first behind that one.</summary>
public readonly record struct SearchCursor(bool Ranked, long Place);

/// <summary>A text that was found.</summary>
public sealed record SearchHit(string Session, string Epoch, SearchDocument Document, ExecutionStatus? State);

/// <summary>What was found.</summary>
/// <param name="Hits">The page.</param>
/// <param name="Next">Where the next one goes on, if there is more.</param>
/// <param name="Ranked">Whether the best come first; so many match otherwise that the newest do.</param>
/// <param name="Partial">Whether there may be more that was not looked at.</param>
public sealed record SearchResult(ImmutableArray<SearchHit> Hits, SearchCursor? Next, bool Ranked, bool Partial);
