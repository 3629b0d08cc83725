using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Storage;
using ToolRuntime.Stores.Redis;
using ToolRuntime.Stores.Tests.Sqlite;

namespace ToolRuntime.Stores.Tests.Redis;

public sealed class RedisStatesTests : GrainStorageTests, IAsyncLifetime
{
    private readonly ServiceProvider services = new ServiceCollection().AddSerializer().BuildServiceProvider();
    private readonly RedisStore store = new(() => RedisServers.Single);
    private RedisStates? states;

    private protected override IGrainStorage Storage => states!;

    public async Task InitializeAsync()
    {
        await store.OpenAsync();
        states = store.Redis.StatesBy(new OrleansGrainStorageSerializer(services.GetRequiredService<Serializer>()), "test");
    }

    public async Task DisposeAsync()
    {
        await store.DisposeAsync();
        await services.DisposeAsync();
    }
}
