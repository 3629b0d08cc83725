using System.Text;
using ToolRuntime.Search;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>A request as FTS5 writes queries. Its words are letters and digits only, so that nothing of its syntax gets in.</summary>
internal static class SearchMatch
{
    public static string Of(SearchRequest request)
    {
        var match = new StringBuilder();
        foreach (var clause in request.Query.Clauses)
        {
            if (match.Length > 0) match.Append(" AND ");
            match.Append("text : \"").AppendJoin(' ', clause.Words).Append('"');
            if (clause.Prefix) match.Append(" *");
        }

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
}
