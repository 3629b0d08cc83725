using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using ToolRuntime.SessionLog;
using ToolRuntime.Tools;

namespace ToolRuntime.Stores.Redis.Results;

/// <summary>
/// Shared results on Redis, over a connection of their own: a large one is before no append. While Redis does not answer it is left alone
/// for a moment, so that a call waits for it once, not each time.
/// </summary>
internal sealed partial class RedisResults(
    IOptions<RedisSessionLogOptions> store, IOptions<RedisResultOptions> options, TimeProvider time, ILogger<RedisResults> logger,
    RedisSessionLog? log = null) : ISharedResults, IAsyncDisposable
{
    private static readonly RedisScript Keep = RedisScript.Of("keep"), Forget = RedisScript.Of("forget");
    private static readonly TimeSpan LeftAlone = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private ConnectionMultiplexer? redis;
    private long? failedAt;

    /// <summary>Completes at once where Redis is not there: it is connected when it is.</summary>
    public async Task ConnectAsync()
    {
        var configuration = RedisConfiguration.Of(
            store.Value.Configuration, options.Value.TimeoutMs, store.Value.ConnectTimeoutMs, "toolruntime-results");
        configuration.AbortOnConnectFail = false;
        redis = await ConnectionMultiplexer.ConnectAsync(configuration).ConfigureAwait(false);
    }

    public async Task<SharedResult?> FindAsync(string key)
    {
        if (Database is not { } database) return null;
        var at = Value(key);
        try
        {
            // One round trip. What ends in between has no time left.
            var (found, left) = (database.StringGetAsync(at), database.KeyTimeToLiveAsync(at));
            await Task.WhenAll(found, left).ConfigureAwait(false);
            Works();
            return (await found.ConfigureAwait(false)) is { IsNull: false } stored && await left.ConfigureAwait(false) is { } remaining
                ? Read(stored, remaining) : null;
        }
        catch (Exception e) when (RedisFaults.Reason(e) is not null)
        {
            Failed(e);
            return null;
        }
    }

    public async Task KeepAsync(string key, SessionKey producer, ToolResult result, TimeSpan lifetime)
    {
        if (options.Value.TenantBytes == 0 || Database is not { } database) return;
        var stored = JsonText.Object(writer =>
        {
            writer.WriteNumber("lifetimeMs", (long)lifetime.TotalMilliseconds);
            writer.WriteString("summary", result.Summary);
            writer.WritePropertyName("result");
            writer.WriteRawValue(result.Result.Json, skipInputValidation: true);
        });
        RedisValue value = System.Text.Encoding.UTF8.GetBytes(stored.Json);
        if (value.Length() > options.Value.MaxBytes) return;
        try
        {
            await Keep.EvaluateAsync(
                database, [Value(key), Ends(producer.Tenant), Sizes(producer.Tenant), Of(producer)],
                [value, Name(key), $"{Tag(producer.Tenant)}/", (long)lifetime.TotalMilliseconds, options.Value.TenantBytes]).ConfigureAwait(false);
            Works();
        }
        catch (Exception e) when (RedisFaults.Reason(e) is not null)
        {
            Failed(e);
        }
    }

    public async Task ForgetAsync(SessionKey producer)
    {
        const string Message = "Shared results could not be erased.";
        if (redis is null) throw new SessionLogUnavailableException(Message);
        try
        {
            var tenant = producer.Tenant;
            var forgotten = (int)await Forget.EvaluateAsync(
                redis.GetDatabase(), [Of(producer), Ends(tenant), Sizes(tenant)], [$"{Tag(tenant)}/"]).ConfigureAwait(false);
            if (forgotten > 0 && log is not null) await log.ScrubElsewhereAsync(Of(producer), producer).ConfigureAwait(false);
        }
        catch (Exception e) when (RedisFaults.Reason(e) is not null)
        {
            throw new SessionLogUnavailableException(Message, RedisFaults.Portable(e));
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (redis is not null) await redis.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Null while Redis is left alone.</summary>
    private IDatabase? Database
    {
        get
        {
            lock (gate) return failedAt is { } at && time.GetElapsedTime(at) < LeftAlone ? null : redis?.GetDatabase();
        }
    }

    private static string Name(string key) => key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..];

    private static SharedResult? Read(RedisValue stored, TimeSpan left)
    {
        try
        {
            using var document = JsonDocument.Parse((ReadOnlyMemory<byte>)stored);
            var root = document.RootElement;
            var age = TimeSpan.FromMilliseconds(root.GetProperty("lifetimeMs").GetInt64()) - left;
            var result = ToolResult.Success(JsonText.From(root.GetProperty("result")), root.GetProperty("summary").GetString()!);
            return new(result, age < TimeSpan.Zero ? TimeSpan.Zero : age);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null; // of another version
        }
    }

    /// <summary>The tenant decides the slot.</summary>
    private string Tag(string tenant) => $"{store.Value.KeyPrefix}{{{tenant}}}";

    private RedisKey Value(string key) => $"{Tag(key[..key.IndexOf('/', StringComparison.Ordinal)])}/{Name(key)}";

    private RedisKey Ends(string tenant) => $"{Tag(tenant)}:results";

    private RedisKey Sizes(string tenant) => $"{Tag(tenant)}:result-bytes";

    private RedisKey Of(SessionKey session) => $"{Tag(session.Tenant)}:results-of:{session.Session}";

    private void Works()
    {
        lock (gate)
        {
            if (failedAt is null) return;
            failedAt = null;
        }

        LogWorks();
    }

    private void Failed(Exception e)
    {
        bool first;
        lock (gate) (first, failedAt) = (failedAt is null, time.GetTimestamp());
        if (first) LogFailed(RedisFaults.Reason(e)!);
    }

    [LoggerMessage(2120, LogLevel.Warning, "Results of tools are not shared with other silos just now, so that they are computed again: {Reason}.")]
    private partial void LogFailed(string reason);

    [LoggerMessage(2121, LogLevel.Information, "Results of tools are shared with other silos again.")]
    private partial void LogWorks();
}
