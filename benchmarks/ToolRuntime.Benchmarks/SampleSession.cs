using System.Collections.Immutable;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Sessions;
using ToolRuntime.ToolExecutions;

namespace ToolRuntime.Benchmarks;

/// <summary>A session's state after many batches of ten, and events to apply to it.</summary>
internal static class SampleSession
{
    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch;

    public static SessionState With(int batches)
    {
        var state = new SessionState();
        for (var batch = 0; batch < batches; batch++)
        {
            var plans = Enumerable.Repeat(new ExecutionPlan(60_000, true, false, false), 10);
            state = Apply(state, Begin($"bat_{batch}"), new() { Plans = [.. plans], OnFailure = FailurePolicy.Continue });
            foreach (var id in Ids($"bat_{batch}")) state = Apply(state, Started($"bat_{batch}", id), null);
        }

        return state;
    }

    public static SessionState Apply(SessionState state, SessionEvent happened, EntryNote? note) => SessionFold.Apply(state, happened with { Seq = state.Head + 1, At = At }, note);

    public static ToolOutput Output(string batch, int bytes) =>
        new(OutputStream.Stdout, 0) { Text = new('x', bytes), BatchId = batch, ExecutionId = Ids(batch).First(), Attempt = 1 };

    private static ToolStarted Started(string batch, string id) => new("computer", 1) { BatchId = batch, ExecutionId = id, Attempt = 1 };

    private static BatchStarted Begin(string batch) => new(10, At.AddMinutes(5), 16, Ids(batch)
        .Select((id, i) => new PlannedTool(id, $"call_{i}", i, "computer", "Tells about the computer.", JsonText.EmptyObject, 1)).ToImmutableArray())
    {
        BatchId = batch,
    };

    private static IEnumerable<string> Ids(string batch) => Enumerable.Range(0, 10).Select(i => $"exe_{batch}_{i}");
}
