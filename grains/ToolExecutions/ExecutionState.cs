using System.Collections.Immutable;
using ToolRuntime.Events;
using ToolRuntime.Jobs;
using ToolRuntime.Runners;
using ToolRuntime.Tools;
using ToolRuntime.Views;

namespace ToolRuntime.ToolExecutions;

/// <summary>One tool call as a durable machine; the fold of its events.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ExecutionState")]
internal sealed record ExecutionState
{
    [Id(0)] public required string Id { get; init; }
    [Id(1)] public required string BatchId { get; init; }
    [Id(2)] public string? MessageId { get; init; }
    [Id(3)] public required string CallId { get; init; }
    [Id(4)] public required int Index { get; init; }
    [Id(5)] public required string Name { get; init; }
    [Id(6)] public required JsonText Arguments { get; init; }
    [Id(7)] public required ExecutionPlan Plan { get; init; }
    [Id(8)] public int EstimatedMs { get; init; }
    [Id(9)] public ExecutionStatus Status { get; init; }
    [Id(10)] public bool Approved { get; init; }
    [Id(11)] public bool Suspended { get; init; }
    [Id(12)] public int Attempt { get; init; }

    /// <summary>When the latest attempt began; an execution's elapsed time counts from there.</summary>
    [Id(13)] public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the running attempt times out; moves when a pause ends.</summary>
    [Id(14)] public DateTimeOffset? AttemptDeadline { get; init; }
    [Id(15)] public DateTimeOffset? SuspendedAt { get; init; }
    [Id(16)] public DateTimeOffset? RetryAt { get; init; }
    [Id(17)] public ProgressView? Progress { get; init; }
    [Id(18)] public JsonText? Result { get; init; }
    [Id(19)] public ToolError? Error { get; init; }
    [Id(20)] public string? Summary { get; init; }
    [Id(21)] public long? ElapsedMs { get; init; }
    [Id(22)] public ToolMetrics? Metrics { get; init; }

    /// <summary>Output as a model gets it.</summary>
    [Id(23)] public string? Kept { get; init; }
    [Id(24)] public OutputTail? Stdout { get; init; }
    [Id(25)] public OutputTail? Stderr { get; init; }
    [Id(26)] public OutputTail? ResultStream { get; init; }

    /// <summary>The seq of the current attempt's <c>tool.started</c>; its output comes after it.</summary>
    [Id(27)] public long StartedSeq { get; init; }

    /// <summary>Who started the current attempt and has to run it; a report that repeats a lost one still finds its own.</summary>
    [Id(28)] public long? Starter { get; init; }

    /// <summary>Whether clients may type into it.</summary>
    [Id(29)] public bool Input { get; init; }

    /// <summary>When the first attempt began, later by as much as it was paused; the time for all attempts counts from there.</summary>
    [Id(30)] public DateTimeOffset? FirstStartedAt { get; init; }

    /// <summary>Set while its processes are being ended: what becomes its outcome then, and since when.</summary>
    [Id(31)] public ExecutionEnding? Ending { get; init; }

    /// <summary>The incarnation of the silo that runs the current attempt; null where there is one silo only.</summary>
    [Id(40)] public string? Silo { get; init; }

    /// <summary>The fallback that runs, ran or is next; null while it is the tool that was called.</summary>
    [Id(41)] public string? Tool { get; init; }

    /// <summary>What the tools before <see cref="Tool"/> failed of, for a person.</summary>
    [Id(42)] public string? Before { get; init; }

    /// <summary>Attempts of the tools before <see cref="Tool"/>.</summary>
    [Id(43)] public int EarlierAttempts { get; init; }

    /// <summary>What its terminal shows.</summary>
    [Id(44)] public OutputTail? TerminalStream { get; init; }

    /// <summary>The terminal that it has; null: none.</summary>
    [Id(45)] public TerminalView? Terminal { get; init; }

    /// <summary>The newest turns at its terminal, by their numbers; null: none.</summary>
    [Id(46)] public ImmutableList<TerminalTurn>? Turns { get; init; }

    /// <summary>The tool of the present attempt, or of the next one.</summary>
    public string Runs => Tool ?? Name;

    public bool IsFinal => Status >= ExecutionStatus.Completed;

    /// <summary>The key of its grain.</summary>
    public string KeyOf(SessionKey session) => session.Child(Plan.Pool is { } pool ? $"{pool}/{Id}" : Id);

    public OutputTail? Tail(OutputStream stream) => stream switch
    {
        OutputStream.Stdout => Stdout,
        OutputStream.Stderr => Stderr,
        OutputStream.Terminal => TerminalStream,
        _ => ResultStream,
    };

    public ExecutionState With(OutputStream stream, OutputTail tail) => stream switch
    {
        OutputStream.Stdout => this with { Stdout = tail },
        OutputStream.Stderr => this with { Stderr = tail },
        OutputStream.Terminal => this with { TerminalStream = tail },
        _ => this with { ResultStream = tail },
    };

    /// <summary>Bytes of the attempt's output that are not kept: counted only, or between the first and the last part of their stream.</summary>
    public long DroppedBytes => Dropped(Stdout) + Dropped(Stderr) + Dropped(ResultStream) + Dropped(TerminalStream);

    private long Dropped(OutputTail? tail) => tail is null ? 0 : Math.Max(tail.Dropped, tail.End - tail.TextEnd + (Plan.Output?.Between(tail.TextEnd) ?? 0));

    /// <summary>Without what only the view shows; what a wake-up carries.</summary>
    public ExecutionState WithoutOutput() => this with { Stdout = null, Stderr = null, ResultStream = null, TerminalStream = null, Result = null, Kept = null, Progress = null, Turns = null };
}

/// <summary>An attempt that is being ended.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ExecutionEnding")]
internal sealed record ExecutionEnding(ToolError Error, DateTimeOffset Since)
{
    /// <summary>Whether another attempt may follow; a cancel or the batch's end leaves no way back.</summary>
    public bool IsTimeout => Error.Code == ToolErrorCodes.AttemptTimeout;
}

/// <summary>What was decided about a call when its batch began; in the private part of <c>batch.started</c>. <c>Trace</c>: the <c>traceparent</c> of the command behind it. <c>Account</c>: whose limit it counts for. <c>TotalMs</c>: what all attempts may take together. <c>ApprovalMs</c>: how long people have to approve it. <c>UsualMs</c>: how long such calls took before in the session.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.ExecutionPlan")]
internal sealed record ExecutionPlan(
    int TimeoutMs, bool Idempotent, bool NeedsApproval, bool StartsProcess, int MaxAttempts = 3, string? Trace = null, ExecutionAccount? Account = null, int? TotalMs = null,
    long? ApprovalMs = null, long? UsualMs = null)
{
    /// <summary>How much of its output is kept; null keeps all.</summary>
    [Id(100)] public OutputLimits? Output { get; init; }

    /// <summary>What is tried, in this order, when the tool can't; null where there is nothing.</summary>
    [Id(101)] public ImmutableArray<FallbackPlan>? Fallbacks { get; init; }

    /// <summary>Whom it goes before while it waits for a slot.</summary>
    [Id(102)] public JobPriority Priority { get; init; }

    /// <summary>The pool of silos that it has to run on.</summary>
    [Id(103)] public string? Pool { get; init; }

    /// <summary>Whether it is open until people end it, so that a silo which stops does not wait for it.</summary>
    [Id(104)] public bool Endless { get; init; }

    /// <summary>When an attempt that begins now ends at the latest.</summary>
    public DateTimeOffset DeadlineOf(DateTimeOffset start, DateTimeOffset firstStart)
    {
        var deadline = start.AddMilliseconds(TimeoutMs);
        return TotalMs is { } total && firstStart.AddMilliseconds(total) < deadline ? firstStart.AddMilliseconds(total) : deadline;
    }
}

/// <summary>How many bytes at the beginning and at the end of each of an attempt's streams are kept.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.OutputLimits")]
internal sealed record OutputLimits(long First, long Last)
{
    /// <summary>Bytes of a stream of that length that are not kept, as near as whole entries allow.</summary>
    public long Between(long length) => Math.Max(0, length - First - Last);
}
