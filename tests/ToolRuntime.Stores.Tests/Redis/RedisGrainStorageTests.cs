using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Storage;
using StackExchange.Redis;
using ToolRuntime.Stores.Redis.States;
using ToolRuntime.Stores.Tests.Sqlite;

namespace ToolRuntime.Stores.Tests.Redis;

public sealed class RedisGrainStorageTests : GrainStorageTests, IAsyncLifetime
{
    private readonly ServiceProvider services = new ServiceCollection().AddSerializer().BuildServiceProvider();
    private ConnectionMultiplexer redis = null!;
    private RedisGrainStorage storage = null!;

    private protected override IGrainStorage Storage => storage;

    public async Task InitializeAsync()
    {
        redis = await ConnectionMultiplexer.ConnectAsync((await RedisServers.Single).Configuration);
        storage = new(redis, new OrleansGrainStorageSerializer(services.GetRequiredService<Serializer>()), $"{Guid.NewGuid():N}:");
    }

    public async Task DisposeAsync()
    {
        await redis.DisposeAsync();
        await services.DisposeAsync();
    }
}
