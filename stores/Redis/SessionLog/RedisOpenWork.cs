using System.Collections.Concurrent;
using System.Collections.Immutable;
using StackExchange.Redis;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Redis;

/// <summary>
/// The index of sessions with open work and of those who opened them. It is in other slots than the sessions: a mark is written before
/// the first append that opens work, and removed after the last, so that there may be marks too many but never one too few. Each writer's
/// token has a mark of its own, so that a writer which is void, and does not know it yet, takes nobody else's place.
/// </summary>
internal sealed class RedisOpenWork(RedisLogConnection connection, RedisLogWriter writer, RedisKeys keys, string holder)
{
    private readonly ConcurrentDictionary<SessionKey, Mark> marks = new();

    /// <summary>Completes when the session is marked as this process's under that token.</summary>
    public async Task MarkAsync(SessionKey session, string token, long head)
    {
        if (marks.TryGetValue(session, out var known) && known.Token == token) return;

        var mark = new Mark(session, token, $"{head} {holder}");
        await writer.SetAsync(keys.OpenWorkOf(session), mark.Field, mark.Value).ConfigureAwait(false);
        marks[session] = mark;
    }

    /// <summary>The session has another token: what was marked under the old one is marked under it.</summary>
    public async Task RenewAsync(SessionKey session, string token, long head)
    {
        if (!marks.TryGetValue(session, out var old)) return;
        await MarkAsync(session, token, head).ConfigureAwait(false);
        Background.Run(RemoveAsync(old), connection.Logger);
    }

    /// <summary>
    /// No work is open any more under that token (null: whichever it is). A mark that stays is told apart when it is read.
    /// </summary>
    public void Unmark(SessionKey session, string? token)
    {
        if (marks.TryGetValue(session, out var mark) && (token ?? mark.Token) == mark.Token && marks.TryRemove(new(session, mark)))
        {
            Background.Run(RemoveAsync(mark), connection.Logger);
        }
    }

    /// <summary>The token is void, and what it stood for is marked under another one.</summary>
    public void Forget(SessionKey session, string token) =>
        Background.Run(connection.WriteAsync(database =>
            database.HashDeleteAsync(keys.OpenWorkOf(session), new Mark(session, token, "").Field)), connection.Logger);

    /// <summary>Sessions whose header says that work is open.</summary>
    public async Task<ImmutableArray<SessionKey>> ListAsync()
    {
        var marked = (await ReadAsync().ConfigureAwait(false)).GroupBy(mark => mark.Session).ToArray();
        var headers = await connection.ReadAsync(database => Task.WhenAll(marked.Select(session =>
            database.HashGetAsync(keys.Header(session.Key), ["token", "open"])))).ConfigureAwait(false);
        var open = ImmutableArray.CreateBuilder<SessionKey>();
        for (var i = 0; i < marked.Length; i++)
        {
            var (token, works) = ((string?)headers[i][0], headers[i][1] == "1");
            if (works) open.Add(marked[i].Key);
            // A writer whose token is void can't append any more; its mark stands in for the current one's only where that one has not
            // made its own yet.
            if (works && marked[i].All(mark => mark.Token != token)) continue;
            foreach (var mark in marked[i].Where(mark => mark.Token != token)) Background.Run(RemoveAsync(mark), connection.Logger);
        }

        return open.DrainToImmutable();
    }

    /// <summary>Sessions that have a mark of that holder, whether work is open or not yet or not any more.</summary>
    public async Task<ImmutableArray<SessionKey>> ListAsync(string other) =>
        [.. (await ReadAsync().ConfigureAwait(false)).Where(mark => mark.Holder == other).Select(mark => mark.Session).Distinct()];

    private async Task<List<Mark>> ReadAsync()
    {
        var shards = await connection.ReadAsync(database => Task.WhenAll(keys.OpenWork.Select(shard => database.HashGetAllAsync(shard))))
            .ConfigureAwait(false);
        return [.. shards.SelectMany(shard => shard.Select(entry => Mark.Parse(entry.Name!, entry.Value!)))];
    }

    private Task<RedisResult> RemoveAsync(Mark mark) =>
        connection.WriteAsync(LogScript.Unmark, [keys.OpenWorkOf(mark.Session)], [mark.Field, mark.Value]);

    /// <summary>A field <c>tenant/session token</c> with where and by whom: <c>head holder</c>.</summary>
    private sealed record Mark(SessionKey Session, string Token, string Value)
    {
        public string Field => $"{Session} {Token}";

        public string Holder => Value[(Value.IndexOf(' ', StringComparison.Ordinal) + 1)..];

        public static Mark Parse(string field, string value)
        {
            var at = field.LastIndexOf(' ');
            return new(SessionKey.Parse(field[..at]), field[(at + 1)..], value);
        }
    }
}
