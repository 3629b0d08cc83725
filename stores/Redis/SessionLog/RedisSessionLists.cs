using System.Collections.Immutable;
using System.Text;
using StackExchange.Redis;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Redis;

/// <summary>
/// Lists sessions. No append has to keep the lists up: they hold who owns or shares a session, maybe too much of it, and its header
/// decides when they are read. Names are added before the header has them and once more after that, so that a removal that was late takes
/// nothing away for good.
/// </summary>
internal sealed class RedisSessionLists(RedisLogConnection connection, RedisKeys keys, RedisStoredTotals totals)
{
    private const int AtATime = 1_000;
    private static readonly RedisValue[] Fields = ["owner", "head", "updated", "members", "open", "label"];

    /// <summary>Before and after a log is begun.</summary>
    public async Task BeginAsync(SessionKey session, string owner)
    {
        await connection.WriteAsync(database => database.SetAddAsync(keys.Tenants, session.Tenant)).ConfigureAwait(false);
        await totals.BeginAsync(session, owner).ConfigureAwait(false);
        await AddAsync(session, [owner]).ConfigureAwait(false);
    }

    /// <summary>Before and after a header gets these members.</summary>
    public Task AddAsync(SessionKey session, ImmutableArray<string> subjects) =>
        connection.WriteAsync(database => Task.WhenAll(subjects.Distinct(StringComparer.Ordinal)
            .Select(subject => database.SortedSetAddAsync(keys.Of(session.Tenant, subject), session.Session, 0))));

    /// <summary>After a header has lost them.</summary>
    public async Task ForgetAsync(SessionKey session, IEnumerable<string> subjects)
    {
        foreach (var subject in subjects)
        {
            var key = keys.Of(session.Tenant, subject);
            await connection.WriteAsync(database => database.SortedSetRemoveAsync(key, session.Session)).ConfigureAwait(false);
            if ((await FindAsync([session]).ConfigureAwait(false))[0] is { } found && found.Concerns(subject))
            {
                await connection.WriteAsync(database => database.SortedSetAddAsync(key, session.Session, 0)).ConfigureAwait(false);
            }
        }
    }

    public async Task<ImmutableArray<SessionSummary>> ListAsync(string tenant, string? subject, int limit, SessionListPlace? after)
    {
        var names = subject is null
            ? await connection.ReadAsync(database => database.HashKeysAsync(keys.Sessions(tenant))).ConfigureAwait(false)
            : await connection.ReadAsync(database => database.SortedSetRangeByRankAsync(keys.Of(tenant, subject))).ConfigureAwait(false);
        var found = new List<Found>();
        foreach (var some in names.Chunk(AtATime))
        {
            var sessions = some.Select(name => new SessionKey(tenant, name!)).ToArray();
            var headers = await FindAsync(sessions).ConfigureAwait(false);
            foreach (var (session, header) in sessions.Zip(headers))
            {
                if (header is not null && (subject is null || header.Concerns(subject))) found.Add(header);
                else if (header is null) Background.Run(subject is null ? totals.ForgetAsync(session) : ForgetAsync(session, [subject]), connection.Logger);
            }
        }

        var place = after is { } given ? (given.UpdatedAt.ToUnixTimeMilliseconds(), given.Session) : (long.MaxValue, "");
        return
        [
            .. found.Where(session => Compare((session.Updated, session.Key.Session), place) < 0)
                .OrderByDescending(session => session.Updated).ThenByDescending(session => session.Key.Session, StringComparer.Ordinal)
                    .Take(Math.Max(limit, 0))
                .Select(session => new SessionSummary(session.Key.Session, session.Owner, session.Head,
                    DateTimeOffset.FromUnixTimeMilliseconds(session.Updated), session.Label))
        ];
    }

    public async Task<ImmutableArray<SessionKey>> ListIdleAsync(string prefix, DateTimeOffset since, int limit)
    {
        var (before, idle) = (since.ToUnixTimeMilliseconds(), ImmutableArray.CreateBuilder<SessionKey>());
        foreach (string? tenant in await connection.ReadAsync(database => database.SetMembersAsync(keys.Tenants)).ConfigureAwait(false))
        {
            var names = await connection.ReadAsync(database => ScanAsync(database, keys.Sessions(tenant!), prefix)).ConfigureAwait(false);
            foreach (var some in names.Chunk(AtATime))
            {
                foreach (var session in await FindAsync([.. some.Select(name => new SessionKey(tenant!, name))]).ConfigureAwait(false))
                {
                    if (idle.Count >= limit) return idle.DrainToImmutable();
                    if (session is { OpenWork: false } && session.Updated < before) idle.Add(session.Key);
                }
            }
        }

        return idle.DrainToImmutable();
    }

    private static int Compare((long Updated, string Session) one, (long Updated, string Session) other) =>
        one.Updated != other.Updated ? one.Updated.CompareTo(other.Updated) : string.CompareOrdinal(one.Session, other.Session);

    private static async Task<HashSet<string>> ScanAsync(IDatabase database, RedisKey key, string prefix)
    {
        var pattern = new StringBuilder();
        foreach (var c in prefix) _ = c is '*' or '?' or '[' or ']' or '\\' or '^' ? pattern.Append('\\').Append(c) : pattern.Append(c);
        var names = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var entry in database.HashScanAsync(key, $"{pattern}*", AtATime).ConfigureAwait(false)) names.Add(entry.Name!);
        return names;
    }

    private async Task<Found?[]> FindAsync(SessionKey[] sessions)
    {
        var headers = await connection.ReadAsync(database =>
            Task.WhenAll(sessions.Select(session => database.HashGetAsync(keys.Header(session), Fields)))).ConfigureAwait(false);
        return [.. sessions.Zip(headers, (session, header) => header[0].IsNull
            ? null
            : new Found(session, header[0]!, (long)header[1], (long)header[2], StoredHeader.Members(header[3]), header[4] == "1", StoredHeader.Label(header[5])))];
    }

    private sealed record Found(SessionKey Key, string Owner, long Head, long Updated, ImmutableArray<string> Members, bool OpenWork, SessionLabel? Label)
    {
        public bool Concerns(string subject) => Owner == subject || Members.Contains(subject);
    }
}
