using ToolRuntime.Events;
using ToolRuntime.ToolExecutions;

namespace ToolRuntime.Sessions;

/// <summary>
/// Keeps the first and the last part of each stream in the log: what has become older than the last part is emptied, in batches, one at a time for a session.
/// Which entries those are depends on the stream alone, so what a crash cuts off is done again and comes out the same.
/// </summary>
internal sealed class OutputEmptying(Func<SessionState> state, Action<SessionState> change, Action<Exception> failed)
{
    private static readonly OutputStream[] Streams = Enum.GetValues<OutputStream>();

    private readonly HashSet<string> waiting = [];
    private Task running = Task.CompletedTask;

    /// <summary>Looks at executions whose output has grown or ended.</summary>
    public void Check(SessionLine line, IEnumerable<string> executions)
    {
        foreach (var id in executions)
        {
            if (state().Execution(id) is { } execution && Due(execution).Any()) waiting.Add(id);
        }

        if (waiting.Count > 0 && running.IsCompleted) running = RunAsync(line);
    }

    private async Task RunAsync(SessionLine line)
    {
        try
        {
            while (waiting.Count > 0)
            {
                var due = waiting.Select(state().Execution).OfType<ExecutionState>().SelectMany(Due).ToArray();
                waiting.Clear();
                if (due.Length == 0) return;
                foreach (var done in await line.EmptyAsync(due)) Note(done);
            }
        }
        catch (Exception exception)
        {
            failed(exception);
        }
    }

    private void Note(StreamToEmpty done)
    {
        if (state().Execution(done.ExecutionId) is not { } execution || execution.Attempt != done.Attempt || execution.Tail(done.Stream) is not { } tail) return;
        execution = execution.With(done.Stream, tail with { EmptiedTo = done.To, EmptiedSeq = done.AfterSeq });
        change(state() with { Executions = state().Executions.SetItem(execution.Id, execution) });
        if (Due(execution).Any()) waiting.Add(execution.Id);
    }

    /// <summary>The streams that hold more than they may, by a batch while they still grow.</summary>
    private static IEnumerable<StreamToEmpty> Due(ExecutionState execution)
    {
        if (execution.Plan.Output is not { } limits) yield break;
        foreach (var stream in Streams)
        {
            if (execution.Tail(stream) is not { } tail) continue;
            var to = tail.TextEnd - limits.Last;
            var batch = execution.IsFinal ? 0 : limits.Last / 4;
            if (to - Math.Max(limits.First, tail.EmptiedTo) > batch)
            {
                yield return new(execution.Id, execution.Attempt, stream, limits.First, to, Math.Max(execution.StartedSeq, tail.EmptiedSeq));
            }
        }
    }
}

/// <summary>Entries of a stream to empty: those behind <c>AfterSeq</c> that lie between the two offsets.</summary>
internal sealed record StreamToEmpty(string ExecutionId, int Attempt, OutputStream Stream, long From, long To, long AfterSeq);
