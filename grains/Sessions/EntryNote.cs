using System.Collections.Immutable;
using ToolRuntime.Batches;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Jobs;
using ToolRuntime.Named;
using ToolRuntime.Runners;
using ToolRuntime.ToolExecutions;

namespace ToolRuntime.Sessions;

/// <summary>The private part of a log entry: what the fold needs beyond the event. Most entries have none.</summary>
internal sealed record EntryNote
{
    /// <summary>The command that this entry carries out.</summary>
    public CommandNote? Command { get; init; }

    /// <summary>With <c>session.reset</c>: the session is being deleted by this subject.</summary>
    public string? DeletedBy { get; init; }

    /// <summary>With an event that takes a title away: after which message or batch the session is called instead.</summary>
    public string? TitleOf { get; init; }

    /// <summary>With <c>batch.started</c>: its calls' plans, in order, and what a failure means.</summary>
    public ImmutableArray<ExecutionPlan>? Plans { get; init; }
    public FailurePolicy? OnFailure { get; init; }

    /// <summary>With <c>batch.started</c> of a job: who made it, and who is told of its end.</summary>
    public JobNote? Job { get; init; }

    /// <summary>With the first <c>conversation.state</c>: what the reply answers, and how.</summary>
    public ReplyNote? Reply { get; init; }

    /// <summary>With an execution's end: its output as a model gets it.</summary>
    public string? Kept { get; init; }

    /// <summary>With <c>tool.started</c>: who runs the attempt.</summary>
    public long? Starter { get; init; }

    /// <summary>With <c>batch.progress</c>: the batch is ending.</summary>
    public BatchEnding? Ending { get; init; }

    /// <summary>With <c>tool.started</c>: on which silo's incarnation.</summary>
    public string? Silo { get; init; }

    /// <summary>With <c>process.changed</c>: what only the session needs of it.</summary>
    public NamedNote? Process { get; init; }

    /// <summary>With a round's end: what it cost, and what its model gave for itself (<see cref="Models.ProviderContent"/>).</summary>
    public TokenUsage? Usage { get; init; }
    public JsonText? Provided { get; init; }
}

internal sealed record JobNote(string By, WebhookRequest? Webhook = null);

internal sealed record CommandNote(string Id, string Subject, string Hash, JsonText Answer);

internal sealed record ReplyNote(
    string ReplyTo, string? Model, ImmutableArray<string>? Tools, string? Trace = null, ExecutionAccount? Account = null, ModelSettings? Settings = null,
    bool Interrupts = false);
