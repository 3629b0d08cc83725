using System.Collections.Immutable;
using ToolRuntime.Batches;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Sessions;
using ToolRuntime.Views;

namespace ToolRuntime.Grains.Tests.Sessions;

public sealed class CallDurationsTests
{
    [Theory]
    [InlineData("""{"command":"npm test"}""", 9_000L)]
    [InlineData("""{"command":"ls"}""", null)]
    [InlineData("""{"command":"npm run build"}""", 9_000L)]
    [InlineData("""{"command":"npm test","timeoutMs":1}""", null)]
    [InlineData("""{"command":"sleep 5"}""", null)]
    [InlineData("""{"command":"sleep 1"}""", 1_000L)]
    [InlineData("""{"command":"cached"}""", null)]
    [InlineData("""{"command":"broken"}""", null)]
    public void Of_Call_IsTheMedianOfTheSameOrOfAlikeOnes(string arguments, long? expected)
    {
        var state = Ran(
            ("""{"command":"npm test"}""", 8_000), ("""{"command":"npm test"}""", 9_000), ("""{"command":"npm test"}""", 12_000),
            ("""{"command":"sleep 1"}""", 1_000), ("""{"command":"sleep 60"}""", 60_000), ("""{"command":"cached"}""", 0), ("""{"command":"broken"}""", 1));

        Assert.Equal(expected, new CallDurations(state).Of("shell", new(arguments)));
        Assert.Null(new CallDurations(state).Of("other", new(arguments)));
    }

    [Fact]
    public void Of_CallThatRanOften_IsTheMedianOfItsNewestRuns()
    {
        var state = new SessionState();
        for (var run = 0; run < 100; run++)
        {
            var one = Executions.Make(ExecutionStatus.Completed, $"x{run}") with { BatchId = $"b{run}", ElapsedMs = run, Metrics = new() };
            var batch = Batch(one.BatchId, [one.Id]);
            state = state with { Executions = state.Executions.SetItem(one.Id, one), Batches = state.Batches.SetItem(batch.Id, batch), FreeBatches = state.FreeBatches.Add(batch.Id) };
        }

        Assert.Equal(84, new CallDurations(state).Of("shell", JsonText.EmptyObject)); // of 68 to 99
    }

    [Fact]
    public void Plan_CallThatRanBefore_KnowsHowLongItTook()
    {
        var session = new SessionRig();
        var first = session.Run();
        session.StartAll(first);
        Assert.Null(session.Execution(first, 0).Plan.UsualMs);
        session.Time.Advance(TimeSpan.FromSeconds(3));
        session.Succeed(first, 0);

        Assert.Equal(3_000, session.Execution(session.Run(), 0).Plan.UsualMs);
    }

    private static BatchState Batch(string id, ImmutableArray<string> executions) =>
        new() { Id = id, MaxParallel = 1, StartedAt = Executions.Now, Deadline = Executions.Now, Executions = executions };

    private static SessionState Ran(params (string Arguments, long Ms)[] runs)
    {
        var state = new SessionState();
        foreach (var ((arguments, ms), index) in runs.Select((run, index) => (run, index)))
        {
            var status = arguments.Contains("broken", StringComparison.Ordinal) ? ExecutionStatus.Failed : ExecutionStatus.Completed;
            var one = Executions.Make(status, $"x{index}") with
            {
                Arguments = new(arguments),
                ElapsedMs = ms,
                Metrics = new() { Cached = arguments.Contains("cached", StringComparison.Ordinal) ? true : null },
            };
            state = state with { Executions = state.Executions.SetItem(one.Id, one) };
        }

        var batch = Batch("b1", [.. runs.Select((_, index) => $"x{index}")]);
        return state with { Batches = state.Batches.SetItem(batch.Id, batch), FreeBatches = [batch.Id] };
    }
}
