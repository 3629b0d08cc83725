using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Sessions;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;
using static ToolRuntime.Grains.Tests.Support.Executions;

namespace ToolRuntime.Grains.Tests.ToolExecutions;

public sealed class FallbackTests
{
    private static readonly ToolError Open = new(ToolErrorCodes.CircuitOpen, "Too many failed.", Retryable: true);

    /// <summary>What the tool has been through, how it ends, and the event and the next tool that follow.</summary>
    [Theory]
    [InlineData(1, "retryable", "tool.retry", null)]
    [InlineData(3, "retryable", "tool.retry", "other")]
    [InlineData(1, "open", "tool.retry", "other")]
    [InlineData(1, "final", "tool.failed", null)]
    [InlineData(3, "final", "tool.failed", null)]
    [InlineData(3, "timeout", "tool.timeout", null)]
    [InlineData(2, "timeout of an idempotent one", "tool.retry", null)]
    [InlineData(3, "timeout of an idempotent one", "tool.retry", "other")]
    [InlineData(3, "lost", "tool.failed", null)]
    [InlineData(3, "lost idempotent one", "tool.retry", "other")]
    [InlineData(3, "cancelled", "tool.cancelled", null)]
    [InlineData(3, "retryable, no time", "tool.failed", null)]
    [InlineData(3, "ending by a timeout", "tool.retry", "other")]
    [InlineData(3, "ending by a cancel", "tool.cancelled", null)]
    public void Decide_ToolWithFallback_GoesOn(int attempt, string ends, string happens, string? tool)
    {
        var state = With(Can("other")) with { Attempt = attempt };
        var around = ends.EndsWith("no time", StringComparison.Ordinal) ? Around with { BatchDeadline = Now } : Around;
        var (from, cause) = ends switch
        {
            "retryable" or "retryable, no time" => (state, Failed(Temporary, attempt)),
            "open" => (state, Failed(Open, attempt)),
            "final" => (state, Failed(Final, attempt)),
            "timeout" => (state, new AttemptTimedOut(attempt, 0.5)),
            "timeout of an idempotent one" => (state.Idempotent(), new AttemptTimedOut(attempt, 0.5)),
            "lost" => (state, new RunnerLost(attempt)),
            "lost idempotent one" => (state.Idempotent(), new RunnerLost(attempt)),
            "ending by a timeout" => (state.Idempotent().Ending(ToolErrorCodes.AttemptTimeout), Succeeded(attempt)),
            "ending by a cancel" => (state.Idempotent().Ending(ToolErrorCodes.Cancelled), Succeeded(attempt)),
            _ => (state, (ExecutionTrigger)new CancelExecution("Enough.")),
        };

        var happened = Assert.Single(ExecutionMachine.Decide(from, cause, around).Events);

        Assert.Equal((happens, tool), (EventTypes.NameOf(happened), (happened as ToolRetried)?.Tool));
    }

    [Fact]
    public void Decide_Fallback_RunsAsItself()
    {
        var other = new FallbackPlan("other", 5_000, Idempotent: true, NeedsApproval: false, StartsProcess: true, TotalMs: 9_000);

        var (state, events) = Run(With(other), Failed(Open), new BackoffElapsed(1));

        Assert.Equal([("tool.retry", "other"), ("tool.started", "other")], events.Select(e => (EventTypes.NameOf(e), (e as ToolRetried)?.Tool ?? (e as ToolStarted)?.Tool)));
        Assert.Equal(("shell", "other", 2, ExecutionStatus.Executing), (state.Name, state.Runs, state.Attempt, state.Status));
        Assert.Equal((5_000, true, true, 9_000, 4), (state.Plan.TimeoutMs, state.Plan.Idempotent, state.Plan.StartsProcess, state.Plan.TotalMs, state.Plan.MaxAttempts));
        Assert.Equal(0, ((ToolRetried)events[0]).DelayMs);
        Assert.Equal("other", SessionViews.Of(state).Tool);
    }

    [Fact]
    public void Decide_AllFail_TellsOfAllOfThem()
    {
        var (state, events) = Run(
            With(Can("misfit") with { Misfit = "arguments/url is missing" }, Can("second"), Can("third") with { Misfit = "there is none" }),
            Failed(Open), new BackoffElapsed(1), Failed(Temporary, 2), new BackoffElapsed(2), Failed(Temporary, 3), new BackoffElapsed(3), Failed(Temporary, 4));

        Assert.Equal(ExecutionStatus.Failed, state.Status);
        Assert.Equal("Too many failed. 'misfit' was not tried: arguments/url is missing.", ((ToolRetried)events[0]).Error.Message);
        Assert.Equal(
            "Too many requests. 'third' was not tried: there is none. Before it, 'shell' failed: Too many failed. 'misfit' was not tried: arguments/url is missing.",
            ((ToolFailed)events[^1]).Error.Message);
        Assert.Equal(["shell", "second", "second", "second"], events.OfType<ToolStarted>().Select(e => e.Tool).Prepend("shell"));
    }

    [Fact]
    public void Decide_FallbackThatNeedsApproval_AsksWhateverWasApprovedBefore()
    {
        var before = With(Can("asks") with { NeedsApproval = true }) with { Approved = true };

        var (asking, events) = Run(before, Failed(Open), new BackoffElapsed(1));
        Assert.Equal((ExecutionStatus.AwaitingApproval, "asks"), (asking.Status, ((ToolApprovalRequired)events[^1]).Name));

        var (running, approved) = Run(asking, new ApproveExecution("alice", null), new StartExecution());
        Assert.Equal((ExecutionStatus.Executing, 2, "asks"), (running.Status, running.Attempt, ((ToolApproved)approved[0]).Name));

        var (denied, ended) = Run(asking, new DenyExecution("alice", "No."));
        Assert.Equal(ExecutionStatus.Failed, denied.Status);
        Assert.Equal("No. Before it, 'shell' failed: Too many failed.", ((ToolFailed)ended[0]).Error.Message);

        Assert.Equal("asks", Assert.IsType<ToolStarted>(ExecutionMachine.Decide(Run(before, Failed(Open)).State, new BackoffElapsed(1), Around with { Granted = true }).Events[0]).Tool);
    }

    [Fact]
    public void Started_OfAToolWithoutFallbacks_NamesNoOther() =>
        Assert.Null(((ToolStarted)ExecutionMachine.Decide(Make(ExecutionStatus.Pending), new StartExecution(), Around).Events[0]).Tool);

    private static FallbackPlan Can(string tool) => new(tool, 60_000, Idempotent: false, NeedsApproval: false, StartsProcess: false);

    private static ExecutionState With(params FallbackPlan[] fallbacks)
    {
        var state = Make(ExecutionStatus.Executing);
        return state with { Plan = state.Plan with { Fallbacks = [.. fallbacks] } };
    }

    private static (ExecutionState State, List<SessionEvent> Events) Run(ExecutionState state, params ExecutionTrigger[] triggers)
    {
        var events = new List<SessionEvent>();
        foreach (var trigger in triggers)
        {
            var happened = Assert.Single(ExecutionMachine.Decide(state, trigger, Around).Events) with { At = Now };
            events.Add(happened);
            state = ExecutionMachine.Evolve(state, happened);
        }

        return (state, events);
    }
}
