using System.Text;

namespace ToolRuntime.EndToEnd.Tests.Support;

/// <summary>Checks, event by event, that each execution, batch and message takes a path that exists and ends once, inner ones first.</summary>
internal sealed class SessionLedger
{
    private static readonly HashSet<string> FinalMessages = ["completed", "error", "cancelled"];

    private readonly Dictionary<string, Execution> executions = [];
    private readonly Dictionary<string, Batch> batches = [];
    private readonly Dictionary<string, Message> messages = [];

    /// <summary>Whether nothing of the session is open.</summary>
    public bool Idle => batches.Values.All(batch => batch.Ended) && messages.Values.All(message => message.Ended);

    /// <summary>How many batches and replies are open.</summary>
    public int Open => batches.Values.Count(batch => !batch.Ended) + messages.Values.Count(message => !message.Ended);

    public IEnumerable<string> Executions => executions.Keys;

    /// <summary>Executions whose attempt is under way.</summary>
    public IEnumerable<string> Executing => executions.Where(execution => execution.Value.Executing).Select(execution => execution.Key);

    /// <summary>A reply's states in order.</summary>
    public IReadOnlyList<string> StatesOf(string replyId) => messages[replyId].States;

    public bool HasEnded(string replyId) => messages.TryGetValue(replyId, out var message) && message.Ended;

    public bool BatchHasEnded(string batchId) => batches.TryGetValue(batchId, out var batch) && batch.Ended;

    public void Take(RecordedEvent happened)
    {
        switch (happened.Type)
        {
            case "batch.started":
                Start(happened);
                break;
            case "conversation.state":
                Move(happened);
                break;
            case "message.completed":
                Check(messages.TryGetValue(happened.MessageId!, out var message) && !message.Whole && !message.Ended, happened, "of an open reply, once");
                messages[happened.MessageId!].Whole = true;
                break;
            case var type when type.StartsWith("batch.", StringComparison.Ordinal):
                TakeBatch(happened);
                break;
            case var type when type.StartsWith("tool.", StringComparison.Ordinal):
                TakeTool(happened);
                break;
        }
    }

    private void Start(RecordedEvent happened)
    {
        var batch = new Batch { MessageId = happened.MessageId };
        Check(batches.TryAdd(happened.BatchId!, batch), happened, "one start of a batch");
        foreach (var tool in happened.Json.GetProperty("tools").EnumerateArray())
        {
            var id = tool.GetProperty("executionId").GetString()!;
            Check(executions.TryAdd(id, new()), happened, "one plan of an execution");
            batch.Executions.Add(id);
        }

        Check(batch.Executions.Count == happened.Number("total"), happened, "a plan as long as its total");
    }

    private void TakeBatch(RecordedEvent happened)
    {
        Check(batches.TryGetValue(happened.BatchId!, out var batch) && !batch.Ended, happened, "an open batch");
        if (!happened.EndsBatch) return;
        Check(batch!.Executions.All(id => executions[id].Ended), happened, "that all its executions have ended");
        var counted = happened.Number("successful") + happened.Number("failed") + happened.Number("timedOut") + happened.Number("cancelled");
        Check(counted == batch.Executions.Count, happened, "that its figures add up");
        batch.Ended = true;
    }

    private void TakeTool(RecordedEvent happened)
    {
        Check(executions.TryGetValue(happened.ExecutionId!, out var execution) && !execution.Ended, happened, "an open execution");
        if (happened.EndsTool)
        {
            (execution!.Ended, execution.Executing) = (true, false);
            return;
        }

        switch (happened.Type)
        {
            case "tool.started":
                Check(!execution!.Executing && happened.Attempt == execution.Attempt + 1, happened, "the next attempt of an execution that waits");
                (execution.Executing, execution.Attempt) = (true, happened.Attempt);
                execution.Offsets.Clear();
                break;
            case "tool.retry":
                Check(execution!.Executing && happened.Attempt == execution.Attempt, happened, "the running attempt");
                execution.Executing = false;
                break;
            case "tool.output":
                Check(execution!.Executing && happened.Attempt == execution.Attempt, happened, "the running attempt");
                TakeOutput(happened, execution);
                break;
            case "tool.progress" or "tool.waiting" or "tool.resized" or "tool.taken" or "tool.turn":
                Check(execution!.Executing && happened.Attempt == execution.Attempt, happened, "the running attempt");
                break;
        }
    }

    private static void TakeOutput(RecordedEvent happened, Execution execution)
    {
        var stream = happened.Text("stream")!;
        Check(happened.Number("offset") == execution.Offsets.GetValueOrDefault(stream), happened, $"offset {execution.Offsets.GetValueOrDefault(stream)}, where the output before it ended");
        var length = happened.Text("text") is { } text ? Encoding.UTF8.GetByteCount(text) : happened.Json.TryGetProperty("base64", out var bytes) ? bytes.GetBytesFromBase64().Length : 0;
        execution.Offsets[stream] = happened.Number("offset") + length + (happened.Json.TryGetProperty("dropped", out var dropped) ? dropped.GetInt64() : 0);
    }

    private void Move(RecordedEvent happened)
    {
        var id = happened.MessageId!;
        if (happened.Text("from") is not { } from)
        {
            Check(messages.TryAdd(id, new()), happened, "one first state of a reply");
        }
        else
        {
            Check(messages.TryGetValue(id, out var known) && known.States[^1] == from && !known.Ended, happened, "the state that the reply is in");
        }

        var message = messages[id];
        var to = happened.Text("to")!;
        message.States.Add(to);
        if (!FinalMessages.Contains(to)) return;
        Check(batches.Values.All(batch => batch.MessageId != id || batch.Ended), happened, "that the reply's batches have ended");
        Check(message.Whole == (to == "completed"), happened, "message.completed before the state of the same name, and only then");
        message.Ended = true;
    }

    private static void Check(bool holds, RecordedEvent happened, string expected)
    {
        if (!holds) throw new ProtocolViolationException($"Expected {expected}, but got {happened}");
    }

    private sealed class Execution
    {
        public Dictionary<string, long> Offsets { get; } = [];

        public int Attempt { get; set; }

        public bool Executing { get; set; }

        public bool Ended { get; set; }
    }

    private sealed class Batch
    {
        public List<string> Executions { get; } = [];

        public string? MessageId { get; init; }

        public bool Ended { get; set; }
    }

    private sealed class Message
    {
        public List<string> States { get; } = [];

        public bool Whole { get; set; }

        public bool Ended { get; set; }
    }
}
