using System.Globalization;
using System.Text.Json;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Search;
using ToolRuntime.Sessions;
using ToolRuntime.Views;

namespace ToolRuntime.Gateway.Http;

/// <summary>Reads the parameters of <c>GET /v1/search</c>; every one that can't be says what is wrong with it.</summary>
internal static class SearchParameters
{
    private const int DefaultLimit = 20;
    private const int MaxLimit = 50;
    private const string Ranked = "best:";
    private const string Newest = "newest:";

    private static readonly ExecutionStatus[] Ends = [ExecutionStatus.Completed, ExecutionStatus.Failed, ExecutionStatus.TimedOut, ExecutionStatus.Cancelled];

    public static string NameOf<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    public static string Write(SearchCursor cursor) => string.Create(CultureInfo.InvariantCulture, $"{(cursor.Ranked ? Ranked : Newest)}{cursor.Place}");

    public static SessionReply<SearchRequest> Read(HttpRequest http, Identity identity)
    {
        if (SearchQuery.Read(http.Query["q"].FirstOrDefault(), out var problem) is not { } query) return Fail(problem);
        if (!HttpQuery.TryReadLimit(http, DefaultLimit, MaxLimit, out var limit)) return new(null, HttpQuery.BadLimit(MaxLimit));
        var (kind, state, tool) = (Text(http, "kind"), Text(http, "state"), Text(http, "tool"));
        if (kind is not null && !TryRead(kind, Enum.GetValues<SearchKind>(), out _)) return Fail($"kind is none of {Names(Enum.GetValues<SearchKind>())}.");
        if (state is not null && !TryRead(state, Ends, out _)) return Fail($"state is none of {Names(Ends)}.");
        if (!TryReadTime(http, "from", out var from)) return Fail("from is no time such as 2026-11-28 or 2026-11-28T12:00:00Z.");
        if (!TryReadTime(http, "to", out var to)) return Fail("to is no time such as 2026-11-28 or 2026-11-28T12:00:00Z.");
        if (from >= to) return Fail("from is not before to.");
        if (Text(http, "session") is { } session && !EntityId.IsValid(session)) return Fail("session is no id of a session.");
        if (Text(http, "user") is { } user && !EntityId.IsValid(user)) return Fail("user is no subject.");
        if (!TryReadCursor(Text(http, "after"), out var after)) return Fail("after is no page's next.");
        if (state is not null && after is { Ranked: true }) return Fail("after is a page's next of another search.");
        return new(
            new(new(identity.Tenant, identity.AllSessions ? null : identity.Subject, []), query, limit)
            {
                Tool = tool,
                Kind = kind is not null && TryRead(kind, Enum.GetValues<SearchKind>(), out var asked) ? asked : null,
                State = state is not null && TryRead(state, Ends, out var ended) ? ended : null,
                From = from,
                To = to,
                Session = Text(http, "session"),
                User = Text(http, "user"),
                After = after,
            },
            null);
    }

    private static SessionReply<SearchRequest> Fail(string problem) => new(null, new(ErrorCode.InvalidCommand, problem));

    private static string? Text(HttpRequest http, string name) => http.Query[name].FirstOrDefault() is { Length: > 0 } text ? text : null;

    private static string Names<T>(T[] values)
        where T : struct, Enum => string.Join(", ", values.Select(NameOf));

    private static bool TryRead<T>(string text, T[] values, out T value)
        where T : struct, Enum
    {
        var at = Array.FindIndex(values, one => NameOf(one) == text);
        value = at < 0 ? default : values[at];
        return at >= 0;
    }

    private static bool TryReadTime(HttpRequest http, string name, out DateTimeOffset? time)
    {
        time = null;
        if (Text(http, name) is not { } text) return true;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var read)) return false;
        time = read;
        return true;
    }

    private static bool TryReadCursor(string? text, out SearchCursor? cursor)
    {
        cursor = null;
        if (text is null) return true;
        var ranked = text.StartsWith(Ranked, StringComparison.Ordinal);
        if (!ranked && !text.StartsWith(Newest, StringComparison.Ordinal)) return false;
        if (!long.TryParse(text.AsSpan(text.IndexOf(':', StringComparison.Ordinal) + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var place)) return false;
        cursor = new(ranked, place);
        return true;
    }
}
