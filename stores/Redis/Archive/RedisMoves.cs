using System.Collections.Immutable;
using StackExchange.Redis;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Redis;

/// <summary>
/// Takes logs of idle sessions to the archive: the session is claimed under a new id, its parts are written there, and one script lets go
/// of the log, if the session is as it was when it was claimed. Whoever opens it, appends, or claims it meanwhile wins. What a move that ended
/// halfway has left in the archive is in use nowhere, and never will be: the sweep finds it.
/// </summary>
internal sealed class RedisMoves(RedisAccess redis, ISessionArchive archive, RedisReturns returns)
{
    private const int EntriesInPart = 5_000;
    private const int BytesInPart = 1 << 20;

    private string? store;

    /// <summary>For tests: called after each step.</summary>
    public Func<ArchiveStep, Task>? After { get; set; }

    /// <summary>Which sessions may move.</summary>
    public RedisIdleSessions Idle { get; } = new(redis);

    /// <summary>False: the session is in use, gone, or there already.</summary>
    /// <exception cref="SessionLogUnavailableException">Redis or the archive can't be used; the session is as it was, or moved.</exception>
    public async Task<bool> MoveAsync(SessionKey session, DateTimeOffset idleSince, CancellationToken cancellationToken)
    {
        var (keys, key) = (redis.Keys.Session(session), ArchiveKey.New());
        var id = key.Id.ToByteArray();
        var log = new ArchivedLog(key.Id, await StoreAsync().ConfigureAwait(false), session);
        var claim = (RedisValue[])(await redis.Writer.WriteAsync(LogScript.Claim, keys, id, idleSince.ToUnixTimeMilliseconds())
            .ConfigureAwait(false))!;
        if (claim.Length == 0) return false;
        await AfterAsync(ArchiveStep.Claimed).ConfigureAwait(false);
        try
        {
            await AddAsync(log, key, (long)claim[1], (long)claim[2], (string)claim[5]!, cancellationToken).ConfigureAwait(false);
        }
        catch (LogArchivedException)
        {
            return false; // another one was quicker
        }

        var left = (int)await redis.Writer.WriteAsync(
            LogScript.Leave, keys, id, key.Bytes, claim[0], claim[1], claim[3], claim[4], claim[5]).ConfigureAwait(false) == 1;
        await AfterAsync(ArchiveStep.Left).ConfigureAwait(false);
        if (left) ArchiveMetrics.Moved();
        else returns.Release(key.Id);
        return left;
    }

    /// <summary>
    /// Looks at some of what the archive has of this store, and has it forget what is not in use: nothing that was let go of here can come
    /// into use again. How many it looked at.
    /// </summary>
    public async Task<int> SweepAsync(int limit, CancellationToken cancellationToken)
    {
        var logs = await archive.TakeAsync(await StoreAsync().ConfigureAwait(false), limit, cancellationToken).ConfigureAwait(false);
        if (logs.IsEmpty) return 0;
        var used = await Task.WhenAll(logs.Select(log => redis.Writer.WriteAsync(
            LogScript.Release, [redis.Keys.Header(log.Session)], log.Id.ToByteArray()))).ConfigureAwait(false);
        var told = logs.Zip(used).ToLookup(log => (int)log.Second == 1, log => log.First.Id);
        await archive.KeepAsync([.. told[true]], cancellationToken).ConfigureAwait(false);
        await archive.ReleaseAsync([.. told[false]], cancellationToken).ConfigureAwait(false);
        return logs.Length;
    }

    private async Task AddAsync(
        ArchivedLog log, ArchiveKey key, long head, long first, string version, CancellationToken cancellationToken)
    {
        var keys = redis.Keys.Session(log.Session);
        // One of another version is found out when the log leaves.
        var state = version.Length == 0
            ? []
            : (byte[]?)await redis.Connection.ReadAsync(database => database.HashGetAsync(keys[^1], "state")).ConfigureAwait(false) ?? [];
        await AddAsync(ArchivedParts.Snapshot, ArchivedParts.Encode(version, state)).ConfigureAwait(false);
        var (seq, part) = (first, ArchivedParts.FirstEntries);
        while (seq <= head)
        {
            var page = (RedisResult[])(await redis.Connection.ReadAsync(LogScript.Read, keys, [seq - 1, EntriesInPart, BytesInPart])
                .ConfigureAwait(false))!;
            var entries = page.Length == 0 ? [] : ((RedisResult[])page[4]!).Select(entry => (byte[])entry!).ToArray();
            if (entries.Length == 0) return; // deleted, or trimmed: it does not leave
            await AddAsync(part++, ArchivedParts.Encode(entries)).ConfigureAwait(false);
            seq += entries.Length;
        }

        async Task AddAsync(int number, byte[] content)
        {
            await archive.AddAsync(log, number, key.Seal(number, content), cancellationToken).ConfigureAwait(false);
            await AfterAsync(ArchiveStep.Added).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// What this store's logs are called in the archive: random, so that a Redis that was begun anew takes none of another's for its own.
    /// </summary>
    private async Task<string> StoreAsync()
    {
        if (store is { } known) return known;
        var key = redis.Keys.ArchiveName;
        await redis.Connection.WriteAsync(database => database.StringSetAsync(key, Guid.NewGuid().ToString("n"), when: When.NotExists))
            .ConfigureAwait(false);
        return store = (string)(await redis.Connection.WriteAsync(database => database.StringGetAsync(key)).ConfigureAwait(false))!;
    }

    private Task AfterAsync(ArchiveStep step) => After?.Invoke(step) ?? Task.CompletedTask;
}
