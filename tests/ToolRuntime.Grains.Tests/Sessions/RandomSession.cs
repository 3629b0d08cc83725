using System.Collections.Immutable;
using ToolRuntime.Batches;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Messages;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Grains.Tests.Sessions;

/// <summary>A session to which anything may happen, fitting or not, in an order that its seed decides.</summary>
internal sealed class RandomSession(int seed)
{
    private static readonly string[] Tools = ["plain", "again", "asks", "maybe", "forks", "forks-again", "weak"];

    /// <summary>What children report; the rest comes of commands.</summary>
    private static readonly ExecutionTriggerKind[] Reported =
    [
        ExecutionTriggerKind.Start, ExecutionTriggerKind.Progress, ExecutionTriggerKind.Output, ExecutionTriggerKind.Waiting, ExecutionTriggerKind.Succeed,
        ExecutionTriggerKind.Fail, ExecutionTriggerKind.AttemptTimeout, ExecutionTriggerKind.RunnerLost, ExecutionTriggerKind.BackoffElapsed,
        ExecutionTriggerKind.EndingElapsed,
    ];

    private readonly Random random = new(seed);

    public SessionRig Rig { get; } = new();

    public void Step()
    {
        switch (random.Next(12))
        {
            case 0:
                Rig.Execute(new SendMessage("grüße", Policy: Any([QueuePolicy.Queue, QueuePolicy.Queue, QueuePolicy.Interrupt, QueuePolicy.Reject])));
                break;
            case 1:
                Rig.Execute(Run());
                break;
            case 2:
                Rig.Execute(AnyCommand());
                break;
            case 3:
                Rig.Time.Advance(TimeSpan.FromTicks(random.NextInt64(TimeSpan.TicksPerSecond * Any([1, 1, 1, 20]))));
                break;
            case 4:
                Rig.Progress();
                break;
            case 5 when AnyOf(Rig.State.Batches) is { } batch:
                Rig.Report(batch, new BatchTrigger(Any([BatchTriggerKind.Deadline, BatchTriggerKind.MaxPauseElapsed]), "runtime"));
                break;
            case 6 or 7 when AnyOf(Rig.State.Messages) is { } message:
                Rig.Report(message, Trigger(Rig.State.Messages[message]));
                break;
            case > 7 when AnyOf(Rig.State.Executions) is { } execution:
                Rig.Report(execution, Trigger(Rig.State.Executions[execution]));
                break;
            default:
                break;
        }
    }

    /// <summary>Ends whatever is open, so that the ends can be counted.</summary>
    public void Finish()
    {
        foreach (var batch in Rig.State.OpenBatches) Rig.Do(new CancelBatch(batch));
        foreach (var ending in Rig.State.Executions.Values.Where(e => e.Ending is not null)) Rig.Report(ending.Id, new RunnerLost(ending.Attempt));
        Assert.Empty(Rig.State.OpenBatches);
        while (!Rig.State.OpenReplies.IsEmpty) Rig.Do(new CancelMessage(Rig.State.OpenReplies[0]));
    }

    private RunTools Run() => new(
        [.. Enumerable.Range(0, random.Next(1, 7)).Select(_ => new ToolInvocation(Any(Tools), new(Any(["{}", """{"idempotent":true}"""])), TimeoutMs: Any<int?>([null, 1, 3_000])))],
        Any<int?>([null, 5_000, 60_000]), Any<int?>([null, 1, 2]), Any<FailurePolicy?>([null, FailurePolicy.CancelRest]));

    private SessionCommand AnyCommand()
    {
        var (batch, message, execution) = (AnyOf(Rig.State.Batches) ?? "b", AnyOf(Rig.State.Messages) ?? "m", AnyOf(Rig.State.Executions) ?? "x");
        return random.Next(14) switch
        {
            0 => new CancelBatch(batch),
            1 or 2 => new PauseBatch(batch),
            3 or 4 => new ResumeBatch(batch),
            5 => new CancelMessage(message),
            6 => new RetryMessage(message),
            7 => new PauseMessage(message),
            8 => new ResumeMessage(message),
            9 => new EditMessage(message, "edited"),
            10 => new CancelTool(execution),
            11 => new DenyTool(execution),
            12 => new ConfigureSession(new($$"""{"{{Any(["a", "b"])}}":{{Any(["1", "null", "[1.5]"])}}}""")),
            _ => new ApproveTool(execution),
        };
    }

    private ExecutionTrigger Trigger(ExecutionState state)
    {
        var attempt = random.Next(10) == 0 ? state.Attempt + random.Next(-1, 2) : state.Attempt;
        if (random.Next(10) == 0) return Executions.Trigger(Any(Reported), attempt);
        return state.Status switch
        {
            ExecutionStatus.Pending => new StartExecution(),
            ExecutionStatus.AwaitingApproval => new ApproveExecution("alice", null),
            ExecutionStatus.Backoff => new BackoffElapsed(attempt),
            ExecutionStatus.Executing => random.Next(9) switch
            {
                0 or 1 => Output(state, attempt),
                2 => new ExecutionProgress(attempt, "reading", random.Next(101), Any<string?>([null, "half"]), Any<JsonText?>([null, new("""{"n":1}""")])),
                3 => Executions.Failed(Executions.Temporary, attempt, random.NextDouble()) with { Kept = "so far" },
                4 => Executions.Failed(Executions.Final, attempt) with { Kept = "all" },
                5 => new AttemptTimedOut(attempt, random.NextDouble()),
                6 => new RunnerLost(attempt),
                _ => Executions.Succeeded(attempt) with { Result = new("""{"ok":true}""") },
            },
            _ => Executions.Succeeded(attempt),
        };
    }

    private ExecutionOutput Output(ExecutionState state, int attempt)
    {
        var stream = Any(Enum.GetValues<OutputStream>());
        byte[] bytes = random.Next(3) == 0 ? [0xFF, 0x00, (byte)'a'] : System.Text.Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("zeile €\n", random.Next(1, Any([3, 3, 4_000])))));
        return new(attempt, stream, state.Tail(stream)?.End ?? 0, bytes, random.Next(5) == 0 ? 100 : 0);
    }

    private MessageTrigger Trigger(MessageState state)
    {
        var (round, attempt) = (random.Next(10) == 0 ? state.Round + 1 : state.Round, random.Next(10) == 0 ? state.Attempt + 1 : state.Attempt);
        return state.Status switch
        {
            MessageStatus.Resuming => new ReplyHandOver(),
            MessageStatus.Active => random.Next(8) switch
            {
                0 or 1 => new ReplyDelta(round, attempt, state.RoundBytes, "wörter "),
                2 or 3 => new ReplyAsksForTools(round, attempt, Calls(), Any<TokenUsage?>([null, new(1, 2)])),
                4 => new ReplyModelFailed(round, attempt, new("model_failed", "No.", random.Next(2) == 0), random.Next(2) == 0),
                5 => new ReplyModelLost(round, attempt),
                6 => new ReplyReasoning(round, attempt, state.ReasoningBytes, "denkt größer "),
                _ => new ReplyFinished(round, attempt, "stop", Any<TokenUsage?>([null, new(3, 4, 7)])),
            },
            _ => new ReplyFinished(round, attempt, "stop", null),
        };
    }

    private ImmutableArray<ModelCall> Calls() =>
        [.. Enumerable.Range(0, random.Next(1, 5)).Select(i => new ModelCall($"c{i}", Any([.. Tools, "nobody", "strict"]), JsonText.EmptyObject, Any<ToolError?>([null, null, null, new(ToolErrorCodes.InvalidArguments, "unreadable")])))];

    private T Any<T>(IReadOnlyList<T> values) => values[random.Next(values.Count)];

    /// <summary>One of the newest, mostly. Only the seed decides: in order of creation, for ids of one millisecond come in any.</summary>
    private string? AnyOf<T>(ImmutableDictionary<string, T> entities)
    {
        var created = Rig.Events.SelectMany(Ids).Where(entities.ContainsKey).ToArray();
        if (created.Length == 0) return null;
        return created[^random.Next(1, Math.Min(created.Length, random.Next(5) == 0 ? 1_000 : 8) + 1)];
    }

    private static IEnumerable<string> Ids(SessionEvent happened) => happened switch
    {
        MessageCreated or ConversationStateChanged { From: null } => [happened.MessageId!],
        BatchStarted e => [e.BatchId!, .. e.Tools.Select(t => t.ExecutionId)],
        _ => [],
    };
}
