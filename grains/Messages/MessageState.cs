using System.Collections.Immutable;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Runners;

namespace ToolRuntime.Messages;

/// <summary>A message of a conversation: a user's, or a reply with its machine. The fold of its events.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.MessageState")]
internal sealed record MessageState
{
    [Id(0)] public required string Id { get; init; }
    [Id(1)] public required string Role { get; init; }
    [Id(2)] public string Text { get; init; } = "";
    [Id(3)] public MessageStatus Status { get; init; }
    [Id(4)] public required DateTimeOffset At { get; init; }
    [Id(5)] public string? By { get; init; }

    /// <summary>The user's message that a reply answers.</summary>
    [Id(6)] public string? ReplyTo { get; init; }

    /// <summary>The model asked for by the command; null takes the default.</summary>
    [Id(7)] public string? AskedModel { get; init; }

    /// <summary>The tools that the model may call; null means all.</summary>
    [Id(8)] public ImmutableArray<string>? Tools { get; init; }
    [Id(9)] public string? Model { get; init; }
    [Id(10)] public int Round { get; init; }
    [Id(11)] public int Attempt { get; init; }

    /// <summary>Where each round's text begins in <see cref="Text"/>, in characters; the last is the current round's.</summary>
    [Id(12)] public ImmutableArray<int> RoundStarts { get; init; } = [];

    /// <summary>One batch a round, in order.</summary>
    [Id(13)] public ImmutableArray<string> Batches { get; init; } = [];
    [Id(14)] public ToolError? Error { get; init; }
    [Id(15)] public TokenUsage? Usage { get; init; }
    [Id(16)] public bool Recoverable { get; init; }
    [Id(17)] public bool Edited { get; init; }
    [Id(18)] public bool Deleted { get; init; }

    /// <summary>UTF-8 length of the current round's text: the offset that the next delta has.</summary>
    [Id(19)] public long RoundBytes { get; init; }

    /// <summary>UTF-8 length of the text before the current round's.</summary>
    [Id(20)] public long RoundOffset { get; init; }

    /// <summary>The <c>traceparent</c> of the command that asked for a reply.</summary>
    [Id(21)] public string? Trace { get; init; }

    /// <summary>Whose limit a reply's executions count for.</summary>
    [Id(22)] public ExecutionAccount? Account { get; init; }

    /// <summary>The seq of its first event.</summary>
    [Id(23)] public long FirstSeq { get; init; } = 1;

    /// <summary>Held by a person: its batch is paused, and its next round does not begin.</summary>
    [Id(24)] public bool Paused { get; init; }
    [Id(25)] public DateTimeOffset? PausedAt { get; init; }

    /// <summary>What the model gave for itself, of the rounds that have something.</summary>
    [Id(26)] public ImmutableArray<RoundParts>? Provided { get; init; }

    /// <summary>How the model is asked; null leaves it to the provider's options.</summary>
    [Id(27)] public ModelSettings? Settings { get; init; }

    /// <summary>What the model thought in the current round's attempt, where that is shown, and its length in UTF-8.</summary>
    [Id(28)] public string Reasoning { get; init; } = "";
    [Id(29)] public long ReasoningBytes { get; init; }

    /// <summary>Goes before what waits, as soon as the reply that it interrupts has ended.</summary>
    [Id(30)] public bool Interrupts { get; init; }

    /// <summary>As its grain gets it, which has no use for that.</summary>
    public MessageState WithoutProvided() => Provided is null && Reasoning.Length == 0 ? this : this with { Provided = null, Reasoning = "" };

    public bool IsReply => Role == "assistant";

    public bool IsFinal => Status is MessageStatus.Completed or MessageStatus.Error or MessageStatus.Cancelled;

    /// <summary>Holds the conversation's turn.</summary>
    public bool HoldsTurn => Status is MessageStatus.Active or MessageStatus.PausedForTools or MessageStatus.Resuming;
}

/// <summary>What a round's model gave for itself, for later prompts (<see cref="Models.ProviderContent"/>).</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.RoundParts")]
internal sealed record RoundParts(int Round, JsonText Parts);
