using System.Collections.Concurrent;
using System.Net;
using StackExchange.Redis;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Redis;

/// <summary>
/// Writes, each on its way at once: all that are in flight share the connection, and the server's fsync. Where the settings ask for more
/// than the master's word, those that have gathered share one <c>WAIT</c> or <c>WAITAOF</c>, which holds up everything behind it on its
/// connection.
/// </summary>
internal sealed class RedisLogWriter(RedisLogConnection connection, RedisSessionLogOptions options)
{
    private readonly ConcurrentDictionary<EndPoint, RedisWriteGroup> groups = new();

    /// <summary>Runs a script on keys of one slot; completes when what it wrote is as durable as the settings say.</summary>
    public async Task<RedisResult> WriteAsync(LogScript script, RedisKey[] keys, params RedisValue[] values)
    {
        var began = SessionLogMetrics.Begin();
        try
        {
            var result = await RunAsync(keys[0], flags => connection.WriteAsync(script, keys, values, flags)).ConfigureAwait(false);
            SessionLogMetrics.Written(began);
            return result;
        }
        catch (SessionLogUnavailableException)
        {
            SessionLogMetrics.Failed(1);
            throw;
        }
    }

    /// <summary>Writes a field of a hash, as durably.</summary>
    public Task SetAsync(RedisKey key, RedisValue field, RedisValue value) =>
        RunAsync(key, flags => connection.WriteAsync(async database =>
            RedisResult.Create((RedisValue)await database.HashSetAsync(key, field, value, flags: flags).ConfigureAwait(false))));

    private Task<RedisResult> RunAsync(RedisKey key, Func<CommandFlags, Task<RedisResult>> send)
    {
        if (options.Replicas == 0 && !options.Fsync) return send(CommandFlags.None);
        var server = connection.ServerOf(key);
        // Sent on to another server the write would not be among those that are waited for here.
        return groups.GetOrAdd(server.EndPoint, _ => new(server, connection, options)).WriteAsync(() => send(CommandFlags.NoRedirect));
    }
}
