using System.Collections.Immutable;
using System.Text.Json.Serialization;
using ToolRuntime.Views;

namespace ToolRuntime.Sessions;

/// <summary>
/// How a session stands, for those who follow many. Published, a few times a second at most, on the stream (<see cref="Namespace"/>, tenant) after commits;
/// what is lost is made good by the next one, and by the store's lists.
/// </summary>
/// <param name="Session">The session's id.</param>
/// <param name="Owner">Whose it is.</param>
/// <param name="Members">Who else may read it.</param>
/// <param name="Seq">The last event that this is of.</param>
/// <param name="UpdatedAt">When something last happened in it.</param>
/// <param name="Title">What it is called, if anything.</param>
/// <param name="Work">What goes on in it.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.SessionNews")]
public sealed record SessionNews(
    string Session, string Owner, ImmutableArray<string> Members, long Seq, DateTimeOffset UpdatedAt, string? Title, SessionWork Work)
{
    /// <summary>The stream's namespace; its provider is <see cref="SessionStreams.Provider"/>.</summary>
    public const string Namespace = "session-news";

    /// <summary>Who was a member at the time of the news before, or since, and is none any more.</summary>
    [Id(100)]
    public ImmutableArray<string> Former { get; init; } = [];

    /// <summary>The session is gone.</summary>
    [Id(101)]
    public bool Deleted { get; init; }
}

/// <summary>What goes on in a session.</summary>
/// <param name="State">All in all.</param>
/// <param name="Running">Executions that run.</param>
/// <param name="Waiting">Executions that wait for somebody's approval.</param>
/// <param name="Pending">Executions that wait for a slot, or for their next attempt.</param>
/// <param name="Executions">The first of those that are open.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.SessionWork")]
public sealed record SessionWork(SessionWorkState State, int Running, int Waiting, int Pending, ImmutableArray<OpenExecution> Executions)
{
    /// <summary>Most executions that are named.</summary>
    public const int MaxExecutions = 16;
}

/// <summary>An execution that has not ended.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.OpenExecution")]
public sealed record OpenExecution(string Id, string Tool, ExecutionStatus State);

/// <summary>How a session stands.</summary>
[GenerateSerializer, Alias("toolruntime.SessionWorkState")]
[JsonConverter(typeof(WireEnumConverter<SessionWorkState>))]
public enum SessionWorkState
{
    /// <summary>Nothing is open, and the last that was has not failed.</summary>
    Idle,

    /// <summary>A reply is under way, and no tool.</summary>
    Replying,

    /// <summary>Tools are under way.</summary>
    ToolsRunning,

    /// <summary>A tool waits for a person's approval.</summary>
    WaitingForApproval,

    /// <summary>What is open is held.</summary>
    Paused,

    /// <summary>Nothing is open, and the last that was has failed.</summary>
    Failed,
}
