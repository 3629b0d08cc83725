using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace ToolRuntime.Stores.Redis;

/// <summary>Goes over the sessions of all tenants, some at a time, without holding a list of them.</summary>
internal sealed class RedisIdleSessions(RedisAccess redis)
{
    private const int AtATime = 250;
    private static readonly RedisValue[] Fields = ["updated", "used", "open", "archived"];

    /// <summary>Those that are idle since then; <paramref name="pause"/> is awaited after each few hundred names.</summary>
    public async IAsyncEnumerable<SessionKey> ListAsync(
        DateTimeOffset since, Func<SessionKey, bool> wanted, Func<Task> pause, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var before = since.ToUnixTimeMilliseconds();
        foreach (string? tenant in await redis.Connection.ReadAsync(database => database.SetMembersAsync(redis.Keys.Tenants)).ConfigureAwait(false))
        {
            for (var cursor = 0L; ;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var page = (RedisResult[])(await redis.Connection.ReadAsync(database =>
                    database.ExecuteAsync("HSCAN", [redis.Keys.Sessions(tenant!), cursor, "COUNT", AtATime])).ConfigureAwait(false))!;
                cursor = (long)page[0];
                var names = ((RedisResult[])page[1]!).Where((_, i) => i % 2 == 0);
                foreach (var session in await IdleAsync([.. names.Select(name => new SessionKey(tenant!, (string)name!)).Where(wanted)], before).ConfigureAwait(false))
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
        return sessions.Zip(headers, (session, header) => (Session: session, Idle:
            !header[0].IsNull && (long)header[0] < before && (header[1].IsNull || (long)header[1] < before) && header[2].IsNull && header[3].IsNull))
            .Where(found => found.Idle).Select(found => found.Session);
    }
}
