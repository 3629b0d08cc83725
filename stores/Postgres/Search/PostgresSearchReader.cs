using System.Text;
using Npgsql;
using ToolRuntime.Events;
using ToolRuntime.Search;
using ToolRuntime.Views;

namespace ToolRuntime.Stores.Postgres;

/// <summary>Finds texts: the best of those that match, or the newest where too many do.</summary>
internal static class PostgresSearchReader
{
    public static async Task<SearchResult> SearchAsync(NpgsqlConnection connection, SearchRequest request, int maxRanked, CancellationToken cancellationToken)
    {
        if (request.After is { Ranked: false } after) return await PageAsync(connection, request, await IdsAsync(connection, request, after.Place, request.Limit + 1, ranked: false, cancellationToken).ConfigureAwait(false), false, 0, cancellationToken).ConfigureAwait(false);
        var ids = request.After is null ? await IdsAsync(connection, request, long.MaxValue, maxRanked + 1, ranked: false, cancellationToken).ConfigureAwait(false) : [];
        if (ids.Count > maxRanked) return await PageAsync(connection, request, ids, false, 0, cancellationToken).ConfigureAwait(false);
        var best = await IdsAsync(connection, request, long.MaxValue, maxRanked, ranked: true, cancellationToken).ConfigureAwait(false);
        var skip = (int)Math.Min(request.After?.Place ?? 0, int.MaxValue);
        return await PageAsync(connection, request, best.Skip(skip).ToList(), true, skip, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<List<long>> IdsAsync(NpgsqlConnection connection, SearchRequest request, long before, int limit, bool ranked, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, request, before, limit, ranked);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var ids = new List<long>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) ids.Add(reader.GetInt64(0));
        return ids;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, SearchRequest request, long before, int limit, bool ranked)
    {
        var command = new NpgsqlCommand { Connection = connection };
        var access = request.Access;
        var where = new StringBuilder($"d.words @@ {Is(SearchVector.Of(request.Query))}::tsquery AND d.tenant = {Is(access.Tenant)}");
        where.Append($" AND d.id >= {Is(request.From is { } from ? PostgresSearchTables.Id(from) : 0L)} AND d.id < {Is(request.To is { } to ? Math.Min(PostgresSearchTables.Id(to), before) : before)}");
        if (request.Session is { } session) where.Append($" AND s.session = {Is(session)}");
        if (request.Kind is { } kind) where.Append($" AND d.kind = {Is((short)kind)}");
        if (request.Tool is { } tool) where.Append($" AND d.tool = {Is(tool)}");
        if (request.User is { } user) where.Append($" AND d.author = {Is(user)}");
        if (access.Subject is { } subject) where.Append($" AND (s.owner = {Is(subject)} OR s.session = ANY ({Is(access.Shared.ToArray())}))");
        if (request.State is { } state) where.Append($" AND EXISTS (SELECT FROM toolruntime_search_outcomes o WHERE o.no = d.no AND o.execution = d.execution AND o.state = {Is((short)state)})");
        // What people wrote goes before what machines printed.
        var rank = ranked ? $"ts_rank(d.words, {Is(SearchVector.Of(request.Query))}::tsquery, 1) * CASE d.kind WHEN 0 THEN 2.0 WHEN 1 THEN 1.5 ELSE 1.0 END" : "0";
        var newest = $"SELECT d.id, {rank} AS score FROM toolruntime_search_docs d JOIN toolruntime_search_sessions s USING (no) WHERE {where} ORDER BY d.id DESC LIMIT {Is(limit)}";
        command.CommandText = ranked ? $"SELECT id FROM ({newest}) f ORDER BY score DESC, id DESC" : newest;
        return command;

        string Is<T>(T value)
        {
            command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });
            return $"${command.Parameters.Count}";
        }
    }

    private static async Task<SearchResult> PageAsync(NpgsqlConnection connection, SearchRequest request, List<long> ids, bool ranked, int skipped, CancellationToken cancellationToken)
    {
        var page = ids.Take(request.Limit).ToArray();
        SearchCursor? next = ids.Count > page.Length ? new(ranked, ranked ? skipped + page.Length : page[^1]) : null;
        await using var command = PostgresSearchTables.Command(
            connection,
            """
            SELECT s.session, s.epoch, d.kind, d.first, d.last, d.id, d.target, d.text, d.message, d.execution, d.tool, d.author, d.stream, d.line, o.state
            FROM unnest($1) WITH ORDINALITY AS p (id, place) JOIN toolruntime_search_docs d USING (id) JOIN toolruntime_search_sessions s USING (no)
                LEFT JOIN toolruntime_search_outcomes o ON o.no = d.no AND o.execution = d.execution
            WHERE d.tenant = $2 ORDER BY p.place
            """,
            page, request.Access.Tenant);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var hits = new List<SearchHit>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false)) hits.Add(HitOf(reader));
        return new([.. hits], next, ranked, Partial: false);
    }

    private static SearchHit HitOf(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        new((SearchKind)row.GetInt16(2), row.GetInt64(3), row.GetInt64(4), PostgresSearchTables.At(row.GetInt64(5)), row.GetString(6), row.GetString(7))
        {
            MessageId = row.IsDBNull(8) ? null : row.GetString(8),
            ExecutionId = row.IsDBNull(9) ? null : row.GetString(9),
            Tool = row.IsDBNull(10) ? null : row.GetString(10),
            User = row.IsDBNull(11) ? null : row.GetString(11),
            Stream = row.IsDBNull(12) ? null : (OutputStream)row.GetInt16(12),
            Line = row.IsDBNull(13) ? null : row.GetInt32(13),
        },
        row.IsDBNull(14) ? null : (ExecutionStatus)row.GetInt16(14));
}
