using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Orleans.TestingHost;

namespace ToolRuntime.Engine.Tests.State;

public interface ICounterGrain : IGrainWithStringKey
{
    Task<int> Increment();

    Task<int> IncrementStale();

    Task Clear();

    Task<string> Describe();

    Task TouchOutsideTurn();
}

[GenerateSerializer]
public sealed class CounterState
{
    [Id(0)]
    public int Count { get; set; }
}

[GrainType("counter")]
internal sealed class CounterGrain([PersistentState("counter", Clusters.Store)] IPersistentState<CounterState> store, IServiceProvider services) : Grain, ICounterGrain
{
    public async Task<int> Increment()
    {
        store.State.Count++;
        await store.WriteStateAsync();
        return store.State.Count;
    }

    public async Task<int> IncrementStale()
    {
        var other = new GrainState<CounterState>();
        var storage = services.GetRequiredKeyedService<IGrainStorage>(Clusters.Store);
        await storage.ReadStateAsync("counter", this.GetGrainId(), other);
        await storage.WriteStateAsync("counter", this.GetGrainId(), other);
        store.State.Count = 1000;
        return await Increment();
    }

    public Task Clear() => store.ClearStateAsync();

    public Task<string> Describe() => Task.FromResult($"{store.State.Count} {store.RecordExists} {store.Etag is not null}");

    public Task TouchOutsideTurn() => Task.Run(() => store.State.Count++);
}

public abstract class PersistentStateTests : IAsyncLifetime
{
    private InProcessTestCluster cluster = null!;

    private ICounterGrain Counter => cluster.Client.GetGrain<ICounterGrain>("a");

    public async Task InitializeAsync() => cluster = await Clusters.DeployWithAsync(Configure);

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task State_NeverWritten_IsNew() => Assert.Equal("0 False False", await Counter.Describe());

    [Fact]
    public async Task State_Written_IsThereAfterARestart()
    {
        await Counter.Increment();
        await Counter.Increment();

        await RestartAsync();

        Assert.Equal("2 True True", await Counter.Describe());
        Assert.Equal(3, await Counter.Increment());
    }

    [Fact]
    public async Task Write_Stale_FailsTheCallAndEndsTheActivation()
    {
        await Counter.Increment();

        await Assert.ThrowsAsync<InconsistentStateException>(() => Counter.IncrementStale());

        Assert.Equal(2, await Counter.Increment());
    }

    [Fact]
    public async Task Clear_StartsAnew()
    {
        await Counter.Increment();
        await Counter.Clear();

        Assert.Equal("0 False False", await Counter.Describe());
        Assert.Equal(1, await Counter.Increment());
    }

    [Fact]
    public async Task State_OutsideTheTurn_Throws() => await Assert.ThrowsAsync<InvalidOperationException>(() => Counter.TouchOutsideTurn());

    protected abstract void Configure(ISiloBuilder silo);

    private async Task RestartAsync()
    {
        await cluster.KillSiloAsync(cluster.Silos[0]);
        await cluster.StartAdditionalSiloAsync();
    }
}

public sealed class MemoryPersistentStateTests : PersistentStateTests
{
    protected override void Configure(ISiloBuilder silo) => silo.AddMemoryGrainStorage(Clusters.Store);
}

public sealed class SqlitePersistentStateTests : PersistentStateTests, IDisposable
{
    private readonly SqliteFile file = new();

    public void Dispose() => file.Dispose();

    protected override void Configure(ISiloBuilder silo) => silo.AddSqliteGrainStorage(Clusters.Store, options => options.Path = file.Path);
}
