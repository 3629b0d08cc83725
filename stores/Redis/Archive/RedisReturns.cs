using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Redis;

/// <summary>
/// Brings logs back from the archive: into copies of the session's keys that nobody reads, and from there to their places in one script,
/// which compares that the session is still where the copies came from. Any number of processes may do it at once, and each may end at any
/// moment; copies that are left expire.
/// </summary>
internal sealed partial class RedisReturns(RedisAccess redis, ISessionArchive? archive, TimeProvider time, long expiry, ILogger logger)
{
    private const int CopiesMs = 600_000;
    private const string Unknown = "the session is in an archive that this process was not told of";

    private readonly ConcurrentDictionary<SessionKey, Task> running = new();

    /// <summary>For tests: called after each step.</summary>
    public Func<ArchiveStep, Task>? After { get; set; }

    /// <summary>Completes when the log is back, or has gone; those who ask meanwhile share it.</summary>
    public async Task ReturnAsync(SessionKey session)
    {
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (running.GetOrAdd(session, mine.Task) is var shared && shared != mine.Task)
        {
            await shared.ConfigureAwait(false);
            return;
        }

        try
        {
            await RunAsync(session).ConfigureAwait(false);
            running.TryRemove(new(session, mine.Task));
            mine.SetResult();
        }
        catch (Exception e)
        {
            running.TryRemove(new(session, mine.Task));
            mine.SetException(e);
        }

        await mine.Task.ConfigureAwait(false);
    }

    /// <summary>What nobody needs in the archive any more. Nobody waits: what is not told is found by the sweep.</summary>
    public void Release(Guid id)
    {
        if (archive is not null) Background.Run(archive.ReleaseAsync([id]), logger);
    }

    private async Task RunAsync(SessionKey session)
    {
        if (await FindAsync(session).ConfigureAwait(false) is not { } found) return;
        if (archive is null) throw Failed(session, new(Unknown) { Reason = Unknown });
        try
        {
            var (version, state, whole) = await StageAsync(archive, session, found).ConfigureAwait(false);
            if (!whole)
            {
                // Gone there because it has come back meanwhile, or really gone.
                if (await FindAsync(session).ConfigureAwait(false) is { } still && still.Key.Id == found.Key.Id)
                {
                    throw Failed(session, Lost("is missing"));
                }

                return;
            }

            RedisKey[] keys = [.. redis.Keys.Session(session), .. found.Copies];
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            var came = await redis.Writer.WriteAsync(LogScript.Return, keys, found.Key.Bytes, now, expiry, version, state)
                .ConfigureAwait(false);
            await AfterAsync(ArchiveStep.Returned).ConfigureAwait(false);
            if ((int)came != 1) return; // somebody was quicker, or the copies are to be made anew
            ArchiveMetrics.Returned();
            Release(found.Key.Id);
        }
        catch (CryptographicException)
        {
            throw Failed(session, Lost("is damaged"));
        }
    }

    /// <summary>Reads what the archive has into copies; also gives the snapshot. False: a part is missing.</summary>
    private async Task<(string Version, byte[] State, bool Whole)> StageAsync(ISessionArchive from, SessionKey session, Found found)
    {
        if (await ReadAsync(ArchivedParts.Snapshot).ConfigureAwait(false) is not { } first) return ("", [], false);
        var (version, state) = ArchivedParts.DecodeSnapshot(found.Key.Unseal(ArchivedParts.Snapshot, first));
        var seq = found.First;
        for (var part = ArchivedParts.FirstEntries; seq <= found.Head; part++)
        {
            if (await ReadAsync(part).ConfigureAwait(false) is not { } content) return ("", [], false);
            var entries = ArchivedParts.DecodeEntries(found.Key.Unseal(part, content));
            var hints = string.Create(entries.Count, (entries, seq), static (hint, all) =>
            {
                for (var i = 0; i < hint.Length; i++) hint[i] = EntryCodec.Hint(EntryCodec.Decode(all.seq + i, all.entries[i]));
            });
            RedisKey[] keys = [redis.Keys.Header(session), .. found.Copies];
            RedisValue[] values = [found.Key.Bytes, CopiesMs, seq, hints, .. entries.Select(entry => (RedisValue)entry)];
            var staged = await redis.Writer.WriteAsync(LogScript.Stage, keys, values).ConfigureAwait(false);
            await AfterAsync(ArchiveStep.Staged).ConfigureAwait(false);
            if ((int)staged == 0) return ("", [], false);
            seq += entries.Count;
        }

        return (version, state, true);

        async Task<byte[]?> ReadAsync(int part)
        {
            try
            {
                return await from.ReadAsync(found.Key.Id, part).ConfigureAwait(false);
            }
            catch (SessionLogUnavailableException e)
            {
                throw Failed(session, e);
            }
        }
    }

    /// <summary>Where a session's log is; null: not in the archive.</summary>
    private async Task<Found?> FindAsync(SessionKey session)
    {
        var header = await redis.Connection.ReadAsync(database =>
            database.HashGetAsync(redis.Keys.Header(session), ["archived", "first", "head"])).ConfigureAwait(false);
        return ArchiveKey.Parse((byte[]?)header[0]) is { } key
            ? new(key, (long)header[1], (long)header[2], redis.Keys.Copies(session, Guid.NewGuid().ToString("n")))
            : null;
    }

    private SessionLogUnavailableException Failed(SessionKey session, SessionLogUnavailableException e)
    {
        ArchiveMetrics.Failed();
        LogFailed(logger, session, e.Reason, e);
        return e;
    }

    private static SessionLogUnavailableException Lost(string how) =>
        new($"The archived log {how}.") { Reason = $"the session's part of the archive {how}" };

    private Task AfterAsync(ArchiveStep step) => After?.Invoke(step) ?? Task.CompletedTask;

    private sealed record Found(ArchiveKey Key, long First, long Head, RedisKey[] Copies);

    [LoggerMessage(2201, LogLevel.Warning, "Session {Session} can't come back from the archive: {Reason}.")]
    private static partial void LogFailed(ILogger logger, SessionKey session, string? reason, Exception e);
}
