using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ToolRuntime.SessionLog;
using ToolRuntime.Stores.Redis;
using ToolRuntime.Stores.Redis.Limits;

namespace ToolRuntime.Stores.Tests.Redis;

/// <summary>The limits of some processes that share a Redis, under a prefix of their own.</summary>
internal sealed class LimitsFixture(string configuration, RedisLimitOptions? limits = null) : IAsyncDisposable
{
    private readonly List<(RedisLimits Limits, RedisLimitConnection Connection)> open = [];

    public string Prefix { get; } = $"t{Guid.NewGuid():n}:";

    public StoreHealth Health { get; } = new();

    /// <summary>What one more process counts with.</summary>
    public async Task<RedisLimits> JoinAsync(string? other = null)
    {
        var store = Options.Create(new RedisSessionLogOptions { Configuration = other ?? configuration, KeyPrefix = Prefix });
        var chosen = Options.Create(limits ?? new());
        var connection = new RedisLimitConnection(store, chosen, Health, NullLogger<RedisLimitConnection>.Instance);
        await connection.ConnectAsync();
        var joined = new RedisLimits(connection, store, chosen, TimeProvider.System);
        open.Add((joined, connection));
        return joined;
    }

    /// <summary>Ends a process's connection; what it held nobody gives back.</summary>
    public async Task KillAsync(RedisLimits limits)
    {
        await open.Find(process => process.Limits == limits).Connection.DisposeAsync();
        open.RemoveAll(process => process.Limits == limits);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (limits, connection) in open)
        {
            await limits.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
