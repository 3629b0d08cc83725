using System.Collections.Immutable;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Jobs;
using ToolRuntime.Views;

namespace ToolRuntime.Batches;

/// <summary>A parallel batch as a durable machine; the fold of its events, with the figures of its executions.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.BatchState")]
internal sealed record BatchState
{
    [Id(0)] public required string Id { get; init; }
    [Id(1)] public string? MessageId { get; init; }
    [Id(2)] public BatchStatus Status { get; init; }
    [Id(3)] public required int MaxParallel { get; init; }
    [Id(4)] public FailurePolicy OnFailure { get; init; }
    [Id(5)] public required DateTimeOffset StartedAt { get; init; }
    [Id(6)] public required DateTimeOffset Deadline { get; init; }
    [Id(7)] public DateTimeOffset? PausedAt { get; init; }
    [Id(8)] public DateTimeOffset? EndedAt { get; init; }
    [Id(9)] public required ImmutableArray<string> Executions { get; init; }
    [Id(10)] public BatchCounts Counts { get; init; } = new();
    [Id(11)] public DateTimeOffset ProgressAt { get; init; }

    /// <summary>Whether figures changed since the last <c>batch.progress</c>.</summary>
    [Id(12)] public bool ProgressDue { get; init; }
    [Id(13)] public BatchProgressView? Progress { get; init; }

    /// <summary>Since when it has waited for nothing but people; null while anything else is to be done.</summary>
    [Id(14)] public DateTimeOffset? ApprovalSince { get; init; }

    /// <summary>Until when it waits for people, by the latest question.</summary>
    [Id(15)] public DateTimeOffset? ApprovalDeadline { get; init; }

    /// <summary>Set while the processes of its last executions are being ended: how it ends then.</summary>
    [Id(16)] public BatchEnding? Ending { get; init; }

    /// <summary>Set where it is a job.</summary>
    [Id(17)] public JobInfo? Job { get; init; }

    /// <summary>Who made the job.</summary>
    [Id(18)] public string? By { get; init; }

    /// <summary>Who is told of the job's end.</summary>
    [Id(19)] public WebhookRequest? Webhook { get; init; }

    /// <summary>Whether its pause is the wait for its start.</summary>
    [Id(20)] public bool Scheduled { get; init; }

    /// <summary>When the first of its executions began.</summary>
    [Id(21)] public DateTimeOffset? BeganAt { get; init; }

    public bool IsFinal => Status >= BatchStatus.Completed;

    public bool AllFinal => Counts.Open == 0;

    /// <summary>When it expires as things are: while it waits only for people, they have their own time, and the deadline of the work stands still.</summary>
    public DateTimeOffset Due => ApprovalSince is not null && ApprovalDeadline > Deadline ? ApprovalDeadline.Value : Deadline;

    /// <summary>The deadline of the work once somebody has approved: later by as long as only people were waited for.</summary>
    public DateTimeOffset DeadlineAfterApproval(DateTimeOffset now)
    {
        var until = PausedAt < now ? PausedAt.Value : now;
        return ApprovalSince is { } since && since < until ? Deadline + (until - since) : Deadline;
    }
}

/// <summary>A batch that ends as soon as nothing of it runs any more. <c>Reply</c>: why its reply is cancelled with it; null where the reply goes on.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.BatchEnding")]
internal sealed record BatchEnding(BatchTriggerKind How, DateTimeOffset Since, string? Reply = null)
{
    /// <summary>When it ends whatever its executions say. They have ends of their own long before; this is for what a crash has left.</summary>
    public DateTimeOffset Latest => Since.AddSeconds(15);
}

/// <summary>How many executions are where.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.BatchCounts")]
internal sealed record BatchCounts
{
    [Id(0)] public int Pending { get; init; }
    [Id(1)] public int AwaitingApproval { get; init; }
    [Id(2)] public int Executing { get; init; }
    [Id(3)] public int Backoff { get; init; }
    [Id(4)] public int Completed { get; init; }
    [Id(5)] public int Failed { get; init; }
    [Id(6)] public int TimedOut { get; init; }
    [Id(7)] public int Cancelled { get; init; }
    [Id(8)] public int FilesCreated { get; init; }
    [Id(9)] public int LinesWritten { get; init; }

    /// <summary>What the processes of all attempts took, retried ones included; null while nothing is known.</summary>
    [Id(10)] public long? PeakMemoryBytes { get; init; }
    [Id(11)] public long? CpuMs { get; init; }

    /// <summary>What tools themselves have called, taken in and given out in all attempts; null likewise.</summary>
    [Id(12)] public long? ApiCalls { get; init; }
    [Id(13)] public long? BytesIn { get; init; }
    [Id(14)] public long? BytesOut { get; init; }

    public int Open => Pending + AwaitingApproval + Executing + Backoff;

    /// <summary>Whether nothing is left to do but what people have to allow.</summary>
    public bool WaitForPeople => AwaitingApproval > 0 && AwaitingApproval == Open;

    /// <summary>Under way, waiting for the next attempt included: each keeps its slot.</summary>
    public int Running => Executing + Backoff;

    public int Unsuccessful => Failed + TimedOut + Cancelled;

    public int Total => Open + Completed + Unsuccessful;

    public BatchCounts Move(ExecutionStatus from, ExecutionStatus to) => from == to ? this : With(from, -1).With(to, 1);

    public BatchCounts Add(ToolMetrics metrics) => this with
    {
        PeakMemoryBytes = Sum(PeakMemoryBytes, metrics.PeakMemoryBytes),
        CpuMs = Sum(CpuMs, metrics.CpuMs),
        ApiCalls = Sum(ApiCalls, metrics.ApiCalls > 0 ? metrics.ApiCalls : null),
        BytesIn = Sum(BytesIn, metrics.BytesIn),
        BytesOut = Sum(BytesOut, metrics.BytesOut),
    };

    private static long? Sum(long? a, long? b) => a is null ? b : a + (b ?? 0);

    private BatchCounts With(ExecutionStatus status, int change) => status switch
    {
        ExecutionStatus.Pending => this with { Pending = Pending + change },
        ExecutionStatus.AwaitingApproval => this with { AwaitingApproval = AwaitingApproval + change },
        ExecutionStatus.Executing => this with { Executing = Executing + change },
        ExecutionStatus.Backoff => this with { Backoff = Backoff + change },
        ExecutionStatus.Completed => this with { Completed = Completed + change },
        ExecutionStatus.Failed => this with { Failed = Failed + change },
        ExecutionStatus.TimedOut => this with { TimedOut = TimedOut + change },
        _ => this with { Cancelled = Cancelled + change },
    };
}
