using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ToolRuntime.Batches;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Messages;
using ToolRuntime.Runners;
using ToolRuntime.Runners.Policies;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;

namespace ToolRuntime.Grains.Tests.Support;

/// <summary>A session without a grain: decisions, applied at once, and the log that they would make.</summary>
internal sealed class SessionRig
{
    private readonly SessionDecider decider;
    private int commands;

    public SessionRig(BatchOptions? options = null)
    {
        var (catalog, models) = (new ToolCatalog(FakeTools.All()), new FakeModels());
        var planner = new BatchPlanner(catalog, Options.Create(options ?? new()), new(catalog, FakeTools.Fallbacks, NullLogger<FallbackChains>.Instance));
        decider = new(new(planner, catalog, models), planner, models, new(new MemorySessionLog(), new()), Time);
    }

    public FakeTimeProvider Time { get; } = new();

    public SessionState State { get; private set; } = new();

    public List<SessionEvent> Events { get; } = [];

    public List<LogEntry> Log { get; } = [];

    /// <summary>The wire types since the last call.</summary>
    public IEnumerable<string> News()
    {
        var news = Events.Skip(told).Select(EventTypes.NameOf).ToArray();
        told = Events.Count;
        return news;
    }

    private int told;

    public (JsonElement Answer, Rejection? Error) Execute(SessionCommand command, string subject = "alice")
    {
        var turn = decider.Begin(State);
        var (answer, error) = decider.Command(turn, command, $"command-{++commands}", subject, SessionEncoding.Hash(command));
        if (error is null) Take(turn);
        return (error is null ? answer.ToElement() : default, error);
    }

    /// <summary>A command that must work; its answer.</summary>
    public JsonElement Do(SessionCommand command)
    {
        var (answer, error) = Execute(command);
        Assert.Null(error);
        return answer;
    }

    public string Run(int calls = 1, string tool = "plain", FailurePolicy? onFailure = null, int? maxParallel = null, int? maxWaitMs = null) =>
        Do(new RunTools([.. Enumerable.Range(0, calls).Select(_ => new ToolInvocation(tool, JsonText.EmptyObject))], maxWaitMs, maxParallel, onFailure)).GetProperty("batchId").GetString()!;

    /// <summary>Sends a message; the reply's id.</summary>
    public string Send(string text = "hello", QueuePolicy? policy = null) => Do(new SendMessage(text, Policy: policy)).GetProperty("replyId").GetString()!;

    public bool Report(string execution, ExecutionTrigger trigger) => Report(turn => SessionDecider.Execution(turn, execution, trigger));

    public bool Report(string batch, BatchTrigger trigger) => Report(turn => SessionDecider.Batch(turn, batch, trigger));

    public bool Report(string message, MessageTrigger trigger) => Report(turn => decider.Message(turn, message, trigger));

    public void Progress() => Report(turn =>
    {
        SessionDecider.Progress(turn);
        return true;
    });

    public BatchState Batch(string id) => State.Batches[id];

    public ExecutionState Execution(string batch, int index) => State.Executions[State.Batches[batch].Executions[index]];

    /// <summary>Starts what has a slot.</summary>
    public void StartAll(string batch)
    {
        foreach (var id in BatchMachine.Slots(Batch(batch), State.Execution).Where(e => e.Status == ExecutionStatus.Pending).Select(e => e.Id).ToArray()) Report(id, new StartExecution());
    }

    public void Succeed(string batch, int index) => Assert.True(Report(Execution(batch, index).Id, Executions.Succeeded(Execution(batch, index).Attempt)));

    public void Fail(string batch, int index) => Assert.True(Report(Execution(batch, index).Id, Executions.Failed(Executions.Final, Execution(batch, index).Attempt)));

    public JsonObject View() => JsonNode.Parse(SessionViews.Encode(State, "alice").Span)!.AsObject();

    public static JsonNode Json(SessionState state) => JsonNode.Parse(SessionReplay.Save(state))!;

    public static void AssertSame(SessionState expected, SessionState actual)
    {
        Assert.True(JsonNode.DeepEquals(Json(expected), Json(actual)), $"The states differ:\n{Json(expected)}\n{Json(actual)}");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(SessionViews.Encode(expected, "a").Span), JsonNode.Parse(SessionViews.Encode(actual, "a").Span)), "The views differ.");
    }

    /// <summary>Goes on from another state that is to be the same.</summary>
    public void Restore(SessionState state) => State = state;

    private bool Report(Func<SessionTurn, bool> decide)
    {
        var turn = decider.Begin(State);
        var applied = decide(turn);
        Take(turn);
        return applied;
    }

    private void Take(SessionTurn turn)
    {
        State = turn.State;
        Events.AddRange(turn.Entries.Select(e => e.Event));
        Log.AddRange(SessionEncoding.Encode(turn.Entries));
    }
}
