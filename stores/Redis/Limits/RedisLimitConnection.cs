using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using ToolRuntime.SessionLog;
using ToolRuntime.Streams.Redis;

namespace ToolRuntime.Stores.Redis.Limits;

/// <summary>
/// The connection by which limits are counted: one of its own, so that no page of a log and no append is before a count. What fails is
/// told the store's watch and thrown as <see cref="SessionLogUnavailableException"/>.
/// </summary>
internal sealed class RedisLimitConnection : IAsyncDisposable
{
    private const string Message = "The limits could not be asked.";

    private readonly RedisSessionLogOptions store;
    private readonly RedisLimitOptions options;
    private readonly ILogger logger;
    private readonly StoreWatch watch;
    private ConnectionMultiplexer? redis;

    public RedisLimitConnection(
        IOptions<RedisSessionLogOptions> store, IOptions<RedisLimitOptions> options, StoreHealth health,
        ILogger<RedisLimitConnection> logger)
    {
        (this.store, this.options, this.logger) = (store.Value, options.Value, logger);
        watch = new("limits", health, logger, RedisFaults.Reason, ProbeAsync);
    }

    /// <summary>For what its users do by the way.</summary>
    public ILogger Logger => logger;

    /// <exception cref="SessionLogUnavailableException">Redis can't be reached.</exception>
    public async Task ConnectAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            var configuration = RedisConfiguration.Of(store.Configuration, options.TimeoutMs, store.ConnectTimeoutMs, "toolruntime-limits");
            redis = await ConnectionMultiplexer.ConnectAsync(configuration).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && RedisFault.Is(e))
        {
            throw new SessionLogUnavailableException($"The limits' Redis can't be used: {e.Message}", RedisFaults.Portable(e));
        }
    }

    public async Task<RedisResult> RunAsync(RedisScript script, RedisKey key, params RedisValue[] values)
    {
        try
        {
            return await script.EvaluateAsync(Database, [key], values).ConfigureAwait(false);
        }
        catch (Exception e) when (RedisFaults.Reason(e) is not null)
        {
            throw watch.Failed(Message, e, RedisFaults.Portable(e));
        }
    }

    public async ValueTask DisposeAsync()
    {
        watch.Dispose();
        if (redis is not null) await redis.DisposeAsync().ConfigureAwait(false);
    }

    private IDatabase Database =>
        redis?.GetDatabase() ?? throw new SessionLogUnavailableException("The limits are not connected to Redis yet.");

    private async Task<string?> ProbeAsync()
    {
        try
        {
            await Database.StringSetAsync($"{store.KeyPrefix}limits-probe", 1).ConfigureAwait(false);
            return null;
        }
        catch (Exception e) when (RedisFaults.Reason(e) is not null)
        {
            throw watch.Failed(Message, e);
        }
    }
}
