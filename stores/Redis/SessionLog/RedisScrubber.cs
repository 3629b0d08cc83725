using System.Collections.Concurrent;
using System.Net;
using StackExchange.Redis;

namespace ToolRuntime.Stores.Redis;

/// <summary>
/// Has the servers of a session write their files anew, so that they hold nothing of what was erased: the append-only file, and the
/// snapshot where one is kept. Servers do it beside their work, in a process of their own.
/// </summary>
internal sealed class RedisScrubber(RedisLogConnection connection)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<EndPoint, SharedRun> runs = new();

    /// <summary>Completes when the files are such as they are without what is gone by now.</summary>
    public async Task ScrubAsync(RedisKey key)
    {
        try
        {
            var master = connection.ServerOf(key);
            await runs.GetOrAdd(master.EndPoint, _ => new(() => RewriteAllAsync(master))).RunAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (RedisFaults.Reason(e) is not null)
        {
            throw connection.Failed("What was erased could not be removed from the files yet.", e);
        }
    }

    private async Task RewriteAllAsync(IServer master)
    {
        await RewriteAsync(master).ConfigureAwait(false);
        // What is gone at the master is gone at its replicas a moment later.
        foreach (var replica in connection.ReplicasOf(master)) await RewriteAsync(replica).ConfigureAwait(false);
    }

    private static async Task RewriteAsync(IServer server)
    {
        var info = await RedisInfo.ReadAsync(server, "persistence").ConfigureAwait(false);
        if (info["aof_enabled"] == "1")
        {
            await RunAsync(server, "BGREWRITEAOF", "aof_rewrite_in_progress", "aof_rewrite_scheduled", "aof_last_bgrewrite_status")
                .ConfigureAwait(false);
        }

        if (info["rdb_saves"] is { } saves && saves != "0" || await SavesAsync(server).ConfigureAwait(false))
        {
            await RunAsync(server, "BGSAVE", "rdb_bgsave_in_progress", "rdb_bgsave_in_progress", "rdb_last_bgsave_status")
                .ConfigureAwait(false);
        }
    }

    private static async Task<bool> SavesAsync(IServer server)
    {
        try
        {
            return ((RedisResult[])(await server.ExecuteAsync("CONFIG", "GET", "save").ConfigureAwait(false))!) is [_, var save]
                && (string?)save is { Length: > 0 };
        }
        catch (RedisServerException)
        {
            return false; // not allowed to ask; what it has saved since it began was told
        }
    }

    private static async Task RunAsync(IServer server, string command, string running, string scheduled, string status)
    {
        while (true)
        {
            // One that began before has what was erased since.
            await UntilDoneAsync(server, running, scheduled).ConfigureAwait(false);
            try
            {
                await server.ExecuteAsync(command).ConfigureAwait(false);
                break;
            }
            catch (RedisServerException e) when (e.Message.Contains("progress", StringComparison.OrdinalIgnoreCase))
            {
                // Somebody else was quicker, or the other kind is running.
                await Task.Delay(LookEvery).ConfigureAwait(false);
            }
        }

        var info = await UntilDoneAsync(server, running, scheduled).ConfigureAwait(false);
        if (info[status] != "ok") throw new RedisServerException($"MISCONF {command} failed.");
    }

    private static async Task<RedisInfo> UntilDoneAsync(IServer server, string running, string scheduled)
    {
        while (true)
        {
            var info = await RedisInfo.ReadAsync(server, "persistence").ConfigureAwait(false);
            if (info[running] != "1" && info[scheduled] != "1") return info;
            await Task.Delay(LookEvery).ConfigureAwait(false);
        }
    }
}
