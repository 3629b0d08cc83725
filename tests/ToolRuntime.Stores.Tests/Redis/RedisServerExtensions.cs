using StackExchange.Redis;
using ToolRuntime.Tests.Shared;

namespace ToolRuntime.Stores.Tests.Redis;

internal static class RedisServerExtensions
{
    /// <summary>A connection for the test itself.</summary>
    public static async Task<ConnectionMultiplexer> ConnectAsync(this RedisServer server) =>
        await ConnectionMultiplexer.ConnectAsync($"{server.Address},allowAdmin=true");
}
