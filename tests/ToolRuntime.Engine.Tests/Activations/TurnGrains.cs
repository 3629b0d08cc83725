using Orleans.Concurrency;

namespace ToolRuntime.Engine.Tests.Activations;

public interface ITurnGrain : IGrainWithStringKey
{
    Task Wait(string gate);

    [AlwaysInterleave]
    Task Interleaving(string entry);

    [ReadOnly]
    Task Read(string gate);

    Task Note(string entry);

    Task<string> WhereContinuationsRun();

    Task<int> CountUnderContention(int rounds);

    Task CompleteAnotherThenNote(string gate, string entry);
}

public interface IReentrantTurnGrain : ITurnGrain;

internal abstract class TurnGrainBase(Journal journal) : Grain, ITurnGrain
{
    private readonly Dictionary<string, TaskCompletionSource> own = [];
    private int inside;
    private int counter;

    public async Task Wait(string gate)
    {
        journal.Add($"begin {gate}");
        await (gate.StartsWith("own", StringComparison.Ordinal) ? (own[gate] = new()).Task : Gates.PassAsync(gate));
        journal.Add($"end {gate}");
    }

    public Task Interleaving(string entry) => Note(entry);

    public async Task Read(string gate)
    {
        journal.Add($"begin {gate}");
        await Gates.PassAsync(gate);
        journal.Add($"end {gate}");
    }

    public Task Note(string entry)
    {
        journal.Add(entry);
        return Task.CompletedTask;
    }

    public async Task<string> WhereContinuationsRun()
    {
        var turn = TaskScheduler.Current;
        await Task.Yield();
        var afterYield = TaskScheduler.Current == turn;
        await Task.Delay(1);
        var afterDelay = TaskScheduler.Current == turn;
        var continued = await Task.CompletedTask.ContinueWith(_ => TaskScheduler.Current == turn, TaskScheduler.Current);
        var inTaskRun = await Task.Run(() => TaskScheduler.Current == turn);
        return $"{turn == TaskScheduler.Default} {SynchronizationContext.Current is null} {afterYield} {afterDelay} {continued} {inTaskRun}";
    }

    public async Task<int> CountUnderContention(int rounds)
    {
        for (var i = 0; i < rounds; i++)
        {
            if (Interlocked.Increment(ref inside) != 1)
                throw new InvalidOperationException("Two pieces of code run at once.");
            counter++;
            Interlocked.Decrement(ref inside);
            await Task.Yield();
        }
        return counter;
    }

    public Task CompleteAnotherThenNote(string gate, string entry)
    {
        own[gate].SetResult();
        journal.Add(entry);
        return Task.CompletedTask;
    }
}

[GrainType("turn")]
internal sealed class TurnGrain(Journal journal) : TurnGrainBase(journal);

[Reentrant, GrainType("reentrant-turn")]
internal sealed class ReentrantTurnGrain(Journal journal) : TurnGrainBase(journal), IReentrantTurnGrain;
