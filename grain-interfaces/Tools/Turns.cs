using System.Text.Json.Serialization;

namespace ToolRuntime.Tools;

/// <summary>How far a turn is.</summary>
[GenerateSerializer, Alias("toolruntime.TurnState")]
[JsonConverter(typeof(WireEnumConverter<TurnState>))]
public enum TurnState
{
    /// <summary>It was asked.</summary>
    Question,

    /// <summary>Nothing is answered yet, for longer than a moment.</summary>
    Thinking,

    /// <summary>The answer has begun.</summary>
    Answer,

    /// <summary>The next question may be asked.</summary>
    Complete,
}

/// <summary>One question at a terminal and its answer, as far as they have come.</summary>
/// <param name="Number">1 for the first of the attempt. Each says the same turn, more completely, when it comes again.</param>
/// <param name="State">How far it is.</param>
/// <param name="Source">How it was seen: <c>osc633</c>, <c>osc133</c>, or the name of a rule.</param>
/// <param name="Offset">Where the line with the question begins in the stream <c>terminal</c>.</param>
/// <param name="Question">What was asked, as it was echoed or as the shell says; at most 1,000 characters.</param>
/// <param name="In">The turn that it is part of: that of the shell in which the program runs.</param>
/// <param name="AnswerOffset">Where what follows the question begins.</param>
/// <param name="EndOffset">Where the answer has ended.</param>
/// <param name="ExitCode">What the shell says.</param>
/// <param name="DurationMs">From the question to the end.</param>
/// <param name="Cwd">The shell's folder, where it says so.</param>
/// <param name="At">When it was asked; in views only.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.TerminalTurn")]
public sealed record TerminalTurn(
    int Number, TurnState State, string Source, long Offset, string? Question = null, int? In = null, long? AnswerOffset = null,
    long? EndOffset = null, int? ExitCode = null, long? DurationMs = null, string? Cwd = null, DateTimeOffset? At = null)
{
    /// <summary>The most characters of a question.</summary>
    public const int MaxQuestion = 1_000;

    /// <summary>So many of an attempt's newest turns are in a view.</summary>
    public const int Shown = 50;
}

/// <summary>
/// Looks at what a terminal prints, in the form in which it is recorded, and says which turns there are. Called by one thread at a time; must neither wait nor throw.
/// Times are those since the attempt's start.
/// </summary>
public interface ITurnWatch
{
    /// <summary>When it wants to be called if nothing is printed before; null: never.</summary>
    TimeSpan? Due { get; }

    /// <summary>More was printed.</summary>
    void Read(ReadOnlySpan<byte> bytes, TimeSpan now);

    /// <summary>So many bytes were printed that are not recorded.</summary>
    void Skip(long bytes);

    /// <summary>It is that late.</summary>
    void Tick(TimeSpan now);

    /// <summary>Nothing more is printed.</summary>
    void End(TimeSpan now);

    /// <summary>What has changed since the last call, in order; empty: nothing.</summary>
    IReadOnlyList<TerminalTurn> Take();
}
