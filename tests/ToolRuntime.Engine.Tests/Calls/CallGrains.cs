using System.Collections.Immutable;
using Orleans.Concurrency;

namespace ToolRuntime.Engine.Tests.Calls;

[GenerateSerializer, Immutable]
public sealed record Parcel(int Number, ImmutableArray<string> Names, ReadOnlyMemory<byte> Bytes);

public interface ICalleeGrain : IGrainWithStringKey
{
    Task<Parcel> Echo(Parcel parcel);

    ValueTask Nothing();

    ValueTask<int> Twice(int number);

    Task Throw(string message);

    Task ThrowAtOnce(string message);

    Task<string?> ContextValue(string key);

    [ResponseTimeout("00:00:05")]
    Task WaitShortly(string gate);

    Task Wait(string gate);

    Task WaitUntilCancelled(string entry, CancellationToken cancellationToken);

    [OneWay]
    Task Note(string entry);

    [OneWay]
    Task NoteAndThrow(string message);
}

/// <summary>A second, internal face of the same grain.</summary>
internal interface IHiddenGrain : IGrainWithStringKey
{
    Task<string> Key();
}

public interface ICallerGrain : IGrainWithStringKey
{
    Task NoteMany(string callee, int count);

    Task<string?> ContextValueOf(string callee, string key);

    Task<string> OwnReferenceKey();

    Task<string> OutsideTurn();
}

[GrainType("callee")]
internal sealed class CalleeGrain(Journal journal) : Grain, ICalleeGrain, IHiddenGrain
{
    public Task<Parcel> Echo(Parcel parcel) => Task.FromResult(parcel);

    public ValueTask Nothing() => ValueTask.CompletedTask;

    public async ValueTask<int> Twice(int number)
    {
        await Task.Yield();
        return 2 * number;
    }

    public async Task Throw(string message)
    {
        await Task.Yield();
        throw new InvalidOperationException(message);
    }

    public Task ThrowAtOnce(string message) => throw new InvalidOperationException(message);

    public Task<string?> ContextValue(string key) => Task.FromResult(RequestContext.Get(key) as string);

    public async Task WaitShortly(string gate)
    {
        journal.Add($"waiting {gate}");
        await Gates.PassAsync(gate);
        journal.Add($"passed {gate}");
    }

    public Task Wait(string gate) => Gates.PassAsync(gate);

    public async Task WaitUntilCancelled(string entry, CancellationToken cancellationToken)
    {
        journal.Add($"waiting {entry}");
        var scheduler = TaskScheduler.Current;
        using var registration = cancellationToken.Register(() => journal.Add($"cancelled {entry}, in turn: {TaskScheduler.Current == scheduler}"));
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    public Task Note(string entry)
    {
        journal.Add(entry);
        return Task.CompletedTask;
    }

    public Task NoteAndThrow(string message) => throw new InvalidOperationException(message);

    public Task<string> Key() => Task.FromResult(this.GetPrimaryKeyString());
}

[GrainType("caller")]
internal sealed class CallerGrain(IGrainFactory injected) : Grain, ICallerGrain
{
    public Task NoteMany(string callee, int count)
    {
        var grain = GrainFactory.GetGrain<ICalleeGrain>(callee);
        for (var i = 0; i < count; i++)
            _ = grain.Note($"{i}");
        return Task.CompletedTask;
    }

    public Task<string?> ContextValueOf(string callee, string key) => GrainFactory.GetGrain<ICalleeGrain>(callee).ContextValue(key);

    public Task<string> OwnReferenceKey()
    {
        var self = this.AsReference<ICallerGrain>();
        return Task.FromResult($"{self.GetPrimaryKeyString()} {self.GetGrainId()} {self is not CallerGrain}");
    }

    public async Task<string> OutsideTurn()
    {
        var (self, key) = (this.AsReference<ICallerGrain>(), this.GetPrimaryKeyString());
        return await Task.Run(async () =>
        {
            Assert.Throws<InvalidOperationException>(() => GrainFactory);
            Assert.Throws<InvalidOperationException>(() => this.RegisterGrainTimer(() => Task.CompletedTask, TimeSpan.Zero, TimeSpan.Zero));
            await injected.GetGrain<ICalleeGrain>(key).Nothing();
            return self.GetPrimaryKeyString();
        });
    }
}
