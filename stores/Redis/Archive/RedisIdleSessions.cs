using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace ToolRuntime.Stores.Redis;

/// <summary>Goes over the sessions of all tenants, some at a time, without holding a list of them.</summary>
internal sealed class RedisIdleSessions(RedisAccess redis)
{
    private const int AtATime = 250;
    private static readonly RedisValue[] Fields = ["updated", "used", "open", "archived", "head"];

    /// <summary>Those that are idle since then; <paramref name="pause"/> is awaited after each few hundred names.</summary>
    public async IAsyncEnumerable<SessionKey> ListAsync(
        DateTimeOffset since, Func<SessionKey, bool> wanted, Func<Task> pause,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var before = since.ToUnixTimeMilliseconds();
        var tenants = await redis.Connection.ReadAsync(database => database.SetMembersAsync(redis.Keys.Tenants)).ConfigureAwait(false);
        foreach (string? tenant in tenants)
        {
            for (var cursor = 0L; ;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var page = (RedisResult[])(await redis.Connection.ReadAsync(database =>
                    database.ExecuteAsync("HSCAN", [redis.Keys.Sessions(tenant!), cursor, "COUNT", AtATime])).ConfigureAwait(false))!;
                cursor = (long)page[0];
                var names = ((RedisResult[])page[1]!).Where((_, i) => i % 2 == 0);
                var mine = names.Select(name => new SessionKey(tenant!, (string)name!)).Where(wanted).ToArray();
                foreach (var session in await IdleAsync(mine, before).ConfigureAwait(false))
                {
                    yield return session;
                }

                if (cursor == 0) break;
                await pause().ConfigureAwait(false);
            }
        }
    }

    private async Task<IEnumerable<SessionKey>> IdleAsync(SessionKey[] sessions, long before)
    {
        var headers = await redis.Connection.ReadAsync(database =>
            Task.WhenAll(sessions.Select(session => database.HashGetAsync(redis.Keys.Header(session), Fields)))).ConfigureAwait(false);
        return sessions.Zip(headers).Where(found => IsIdle(found.Second, before)).Select(found => found.First);
    }

    private static bool IsIdle(RedisValue[] header, long before) =>
        header is [{ IsNull: false } updated, var used, { IsNull: true }, { IsNull: true }, var head]
        && (long)updated < before && (used.IsNull || (long)used < before) && (long)head > 0;
}
