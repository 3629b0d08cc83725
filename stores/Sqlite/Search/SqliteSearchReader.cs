using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using ToolRuntime.Events;
using ToolRuntime.Search;
using ToolRuntime.Views;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>One reading connection with its statements; used by one thread at a time.</summary>
internal sealed class SqliteSearchReader : IDisposable
{
    private const int NumberBits = 10;
    private const int MaxVerified = 500;
    private const int RankedOfAll = 4;
    private const string Found = "FROM words WHERE words MATCH ?1 AND rowid >= ?2 AND rowid < ?3 ORDER BY rowid DESC LIMIT ?4";

    private readonly SqliteSearchOptions options;
    private readonly SqliteStatement begin, commit, newest, ranked, stateOf, fetch;

    public SqliteSearchReader(SqliteSearchFile file, SqliteSearchOptions options, int generation)
    {
        (this.options, Generation) = (options, generation);
        Connection = file.OpenReader();
        begin = new(Connection, "BEGIN");
        commit = new(Connection, "COMMIT");
        newest = new(Connection, $"SELECT rowid {Found}");
        ranked = new(Connection,
            """
            SELECT f.rowid FROM (SELECT rowid, bm25(words, 1.0, 0.0) AS score FROM words WHERE words MATCH ?1 AND rowid BETWEEN ?2 AND ?3 ORDER BY rowid DESC LIMIT ?4) f
            JOIN docs d ON d.id = f.rowid ORDER BY f.score * CASE d.kind WHEN 0 THEN 2.0 WHEN 1 THEN 1.5 ELSE 1.0 END, f.rowid DESC
            """);
        stateOf = new(Connection, "SELECT o.state FROM docs d JOIN outcomes o ON o.session = d.session AND o.execution = d.execution WHERE d.id = ?1");
        fetch = new(Connection,
            """
            SELECT s.tenant, s.session, s.epoch, d.kind, d.first, d.last, d.target, d.message, d.execution, d.tool, d.user, d.stream, d.line, t.text,
                (SELECT state FROM outcomes o WHERE o.session = d.session AND o.execution = d.execution)
            FROM docs d JOIN sessions s ON s.no = d.session JOIN texts t ON t.id = d.id WHERE d.id = ?1
            """);
    }

    public SqliteConnection Connection { get; }

    /// <summary>How often the file had been given up when this was opened.</summary>
    public int Generation { get; }

    public SearchResult Search(SearchRequest request)
    {
        begin.Run();
        try
        {
            return request.State is { } state ? WithState(request, state) : request.After is { Ranked: false } after ? Newest(request, after.Place) : Best(request);
        }
        finally
        {
            commit.Run();
        }
    }

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[begin, commit, newest, ranked, stateOf, fetch]) statement.Dispose();
        Connection.Dispose();
    }

    /// <summary>The newest of what the words' first characters are in, as far as the words themselves are: for beginnings of so many words that these can't be gathered in time.</summary>
    public SearchResult Widened(SearchRequest request)
    {
        begin.Run();
        try
        {
            var before = request.After is { Ranked: false } after ? after.Place : long.MaxValue;
            var ids = Ids(newest, request, before, MaxVerified, widened: true);
            var fitting = ids.Where(id => Fits(id, request)).Take(request.Limit + 1).ToList();
            return Page(request, fitting, ranked: false, partial: ids.Count == MaxVerified && fitting.Count <= request.Limit);
        }
        finally
        {
            commit.Run();
        }
    }

    /// <summary>By relevance, unless too many match.</summary>
    private SearchResult Best(SearchRequest request)
    {
        var ids = Ids(newest, request, long.MaxValue, options.MaxRanked + 1);
        if (ids.Count > options.MaxRanked)
        {
            if (request.After is null) return Page(request, ids, ranked: false, partial: false);
            ids.RemoveAt(options.MaxRanked);
        }

        var best = Rank(request, ids);
        var skip = (int)Math.Min(request.After?.Place ?? 0, int.MaxValue);
        return Page(request, best.Skip(skip).ToList(), ranked: true, partial: false, skip);
    }

    /// <summary>Ranks by the words alone: what a text belongs to says nothing of how well it fits, and counting all of that takes long. What others have of the same words takes its turn, too.</summary>
    private List<long> Rank(SearchRequest request, List<long> ids)
    {
        if (ids.Count == 0) return ids;
        var (left, best) = (ids.ToHashSet(), new List<long>(ids.Count));
        ranked.Bind(1, SearchMatch.OfWords(request.Query)).Bind(2, ids[^1]).Bind(3, ids[0]).Bind(4, RankedOfAll * options.MaxRanked);
        while (ranked.Step())
        {
            if (left.Remove(ranked.Long(0))) best.Add(ranked.Long(0));
        }

        best.AddRange(ids.Where(left.Contains));
        return best;
    }

    private bool Fits(long id, SearchRequest request)
    {
        if (Fetch(id, request.Access.Tenant) is not { } hit || (request.State is { } state && hit.State != state)) return false;
        var words = SearchWords.Split(hit.Document.Text).ToList();
        return request.Query.Clauses.All(clause => Enumerable.Range(0, words.Count).Any(at => clause.Match(words, at) > 0));
    }

    private SearchResult Newest(SearchRequest request, long before) => Page(request, Ids(newest, request, before, request.Limit + 1), ranked: false, partial: false);

    private SearchResult WithState(SearchRequest request, ExecutionStatus state)
    {
        var ids = Ids(newest, request, request.After?.Place ?? long.MaxValue, options.MaxScanned);
        var fitting = ids.Where(id => StateOf(id) == state).Take(request.Limit + 1).ToList();
        return Page(request, fitting, ranked: false, partial: ids.Count == options.MaxScanned && fitting.Count <= request.Limit);
    }

    private ExecutionStatus? StateOf(long id)
    {
        if (!stateOf.Bind(1, id).Step()) return null;
        var state = (ExecutionStatus)stateOf.Long(0);
        stateOf.Reset();
        return state;
    }

    private static List<long> Ids(SqliteStatement statement, SearchRequest request, long before, int limit, bool widened = false)
    {
        var end = request.To is { } to ? Math.Min(Id(to), before) : before;
        statement.Bind(1, SearchMatch.Of(request, widened)).Bind(2, request.From is { } from ? Id(from) : 0).Bind(3, end).Bind(4, limit);
        var ids = new List<long>();
        while (statement.Step()) ids.Add(statement.Long(0));
        return ids;
    }

    private static long Id(DateTimeOffset at) => Math.Clamp(at.ToUnixTimeMilliseconds(), 0, long.MaxValue >> (NumberBits + 1)) << NumberBits;

    private SearchResult Page(SearchRequest request, List<long> ids, bool ranked, bool partial, int skipped = 0)
    {
        var page = ids.Take(request.Limit).ToList();
        SearchCursor? next = ids.Count > page.Count ? new(ranked, ranked ? skipped + page.Count : page[^1]) : null;
        return new([.. page.Select(id => Fetch(id, request.Access.Tenant)).OfType<SearchHit>()], next, ranked, partial);
    }

    private SearchHit? Fetch(long id, string tenant)
    {
        if (!fetch.Bind(1, id).Step()) return null;
        var at = DateTimeOffset.FromUnixTimeMilliseconds(id >> NumberBits);
        var hit = fetch.Text(0) != tenant ? null : new SearchHit(
            fetch.Text(1),
            fetch.Text(2),
            new((SearchKind)fetch.Long(3), fetch.Long(4), fetch.Long(5), at, fetch.Text(6), fetch.Text(13))
            {
                MessageId = fetch.TextOrNull(7),
                ExecutionId = fetch.TextOrNull(8),
                Tool = fetch.TextOrNull(9),
                User = fetch.TextOrNull(10),
                Stream = fetch.TextOrNull(11) is null ? null : (OutputStream)fetch.Long(11),
                Line = fetch.TextOrNull(12) is null ? null : (int)fetch.Long(12),
            },
            fetch.TextOrNull(14) is null ? null : (ExecutionStatus)fetch.Long(14));
        fetch.Reset();
        return hit;
    }
}
