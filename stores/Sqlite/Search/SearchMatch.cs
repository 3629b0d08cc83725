using System.Text;
using ToolRuntime.Search;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>A request as FTS5 writes queries. Its words are letters and digits only, so that nothing of its syntax gets in.</summary>
internal static class SearchMatch
{
    /// <summary>Characters of a beginning that the index has entries for: of those it need not gather the texts of all words that begin so.</summary>
    private const int IndexedPrefix = 3;

    /// <summary>What is asked for, and by whom.</summary>
    /// <param name="request">The request.</param>
    /// <param name="widened">Whether longer beginnings stand for all that begin with their first characters.</param>
    public static string Of(SearchRequest request, bool widened = false)
    {
        var match = new StringBuilder(OfWords(request.Query, widened));
        var access = request.Access;
        if (request.Session is { } session) Also(SearchTokens.Session(new(access.Tenant, session)));
        else Also(SearchTokens.Tenant(access.Tenant));
        if (request.Tool is { } tool) Also(SearchTokens.Tool(tool));
        if (request.Kind is { } kind) Also(SearchTokens.Kind(kind));
        if (request.User is { } user) Also(SearchTokens.User(access.Tenant, user));
        if (access.Subject is not { } subject) return match.ToString();

        match.Append(" AND (meta : \"").Append(SearchTokens.Owner(access.Tenant, subject)).Append('"');
        foreach (var shared in access.Shared) match.Append(" OR meta : \"").Append(SearchTokens.Session(new(access.Tenant, shared))).Append('"');
        return match.Append(')').ToString();

        void Also(string token) => match.Append(" AND meta : \"").Append(token).Append('"');
    }

    /// <summary>The words alone.</summary>
    public static string OfWords(SearchQuery query, bool widened = false) => string.Join(" AND ", query.Clauses.Select(clause => OfClause(clause, widened)));

    /// <summary>Whether a query can be widened.</summary>
    public static bool CanWiden(SearchQuery query) => query.Clauses.Any(clause => clause.Prefix && clause.Words[^1].Length > IndexedPrefix);

    private static string OfClause(SearchClause clause, bool widened)
    {
        if (!clause.Prefix) return $"text : \"{string.Join(' ', clause.Words)}\"";
        if (!widened || clause.Words[^1].Length <= IndexedPrefix) return $"text : \"{string.Join(' ', clause.Words)}\" *";
        var start = $"text : \"{clause.Words[^1][..IndexedPrefix]}\" *";
        return clause.Words.Length == 1 ? start : $"text : \"{string.Join(' ', clause.Words[..^1])}\" AND {start}";
    }
}
