using System.Security.Cryptography;
using System.Text;
using ToolRuntime.Search;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>
/// Words that stand for what a text belongs to, so that filters are part of the full-text query and cost next to nothing. Hashed, so that any name is one word.
/// </summary>
internal static class SearchTokens
{
    public static string Tenant(string tenant) => Of('t', tenant, "");

    public static string Session(SessionKey session) => Of('s', session.Tenant, session.Session);

    public static string Owner(string tenant, string owner) => Of('o', tenant, owner);

    public static string User(string tenant, string user) => Of('u', tenant, user);

    public static string Tool(string tool) => Of('x', tool, "");

    public static string Kind(SearchKind kind) => $"k{(int)kind}";

    /// <summary>All of a text's.</summary>
    public static string All(SessionKey session, string owner, SearchKind kind, string? tool, string? user)
    {
        var tokens = new StringBuilder(128);
        tokens.Append(Tenant(session.Tenant)).Append(' ').Append(Session(session)).Append(' ').Append(Owner(session.Tenant, owner)).Append(' ').Append(Kind(kind));
        if (tool is not null) tokens.Append(' ').Append(Tool(tool));
        if (user is not null) tokens.Append(' ').Append(User(session.Tenant, user));
        return tokens.ToString();
    }

    private static string Of(char kind, string one, string other)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{one}\n{other}"), hash);
        return $"{kind}{Convert.ToHexStringLower(hash[..8])}";
    }
}
