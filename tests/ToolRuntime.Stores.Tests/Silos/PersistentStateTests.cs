using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;
using Orleans.TestingHost;
using ToolRuntime.Stores.Sqlite;

namespace ToolRuntime.Stores.Tests.Silos;

public interface ICounterGrain : IGrainWithStringKey
{
    Task<int> Increment();

    Task<int> IncrementStale();

    Task Clear();

    Task<string> Describe();
}

[GenerateSerializer]
public sealed class CounterState
{
    [Id(0)]
    public int Count { get; set; }
}

[GrainType("counter")]
internal sealed class CounterGrain([PersistentState("counter", PersistentStateTests.Store)] IPersistentState<CounterState> store, IServiceProvider services) : Grain, ICounterGrain
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
        var storage = services.GetRequiredKeyedService<IGrainStorage>(PersistentStateTests.Store);
        await storage.ReadStateAsync("counter", this.GetGrainId(), other);
        await storage.WriteStateAsync("counter", this.GetGrainId(), other);
        store.State.Count = 1000;
        return await Increment();
    }

    public Task Clear() => store.ClearStateAsync();

    public Task<string> Describe() => Task.FromResult($"{store.State.Count} {store.RecordExists} {store.Etag is not null}");
}

/// <summary>The storage under grains in silos: what Orleans expects of one.</summary>
public sealed class PersistentStateTests : IAsyncLifetime
{
    public const string Store = "store";
    private readonly string folder = Directory.CreateTempSubdirectory("silo-state-").FullName;
    private InProcessTestCluster cluster = null!;

    private ICounterGrain Counter => cluster.Client.GetGrain<ICounterGrain>("a");

    public async Task InitializeAsync() => cluster = await DeployAsync(folder);

    public async Task DisposeAsync()
    {
        await cluster.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task State_NeverWritten_IsNew() => Assert.Equal("0 False False", await Counter.Describe());

    [Fact]
    public async Task State_Written_IsThereInAnotherSilo()
    {
        await Counter.Increment();
        await Counter.Increment();

        await cluster.DisposeAsync();
        cluster = await DeployAsync(folder);

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

    private static async Task<InProcessTestCluster> DeployAsync(string folder)
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) => silo.AddSqliteGrainStorage(Store, options => options.Path = Path.Combine(folder, "grains.db")));
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return cluster;
    }
}
