using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.Search;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Http;

/// <summary>
/// <c>GET /v1/search?q=&amp;kind=&amp;tool=&amp;state=&amp;from=&amp;to=&amp;session=&amp;user=&amp;after=&amp;limit=</c>: texts of sessions that the caller may read. The index is asked for
/// those only; whether a session may be read now is looked up once more as for reading it, so that one which was just deleted, or is shared no more, gives nothing.
/// </summary>
internal sealed class SearchEndpoint(SessionOpener opener, CommandRetry retry, ISessionLog log, ISearchIndex? index = null)
{
    /// <summary>Sessions of others that are searched, those in which something happened last.</summary>
    private const int MaxShared = 200;
    private const int MaxListed = 1_000;
    private static readonly Rejection NotConfigured = new(ErrorCode.SearchNotConfigured, "This server has no search index; docs/operations.md says how to give it one.");

    private static readonly Rejection TooSlow = new(ErrorCode.Timeout, "The search took too long; more of a word, or a filter, makes it faster.", Retryable: true);

    public async Task GetAsync(HttpContext context)
    {
        var identity = Identity.Of(context);
        var asked = index is null ? new(null, NotConfigured) : SearchParameters.Read(context.Request, identity);
        if (asked.Value is { Session: { } session } && (await opener.FindAsync(identity, session, context.RequestAborted)).Error is { } closed) asked = new(null, closed);
        var found = asked.Value is { } request
            ? await retry.RunAsync(() => SearchAsync(identity, request, context.RequestAborted), context.RequestAborted)
            : new(null, asked.Error);
        await (found.Value is { } result
            ? HttpJson.WriteAsync(context, writer => Write(writer, result, asked.Value!.Query))
            : HttpErrors.WriteAsync(context, found.Error!));
    }

    private async Task<SessionReply<SearchResult>> SearchAsync(Identity identity, SearchRequest request, CancellationToken cancellationToken)
    {
        // Of one session, which was looked up, everything may be found.
        var access = request.Access;
        if (request.Session is not null) access = access with { Subject = null };
        else if (access.Subject is { } subject) access = access with { Shared = await SharedAsync(identity.Tenant, subject, cancellationToken) };
        SearchResult result;
        try
        {
            result = await index!.SearchAsync(request with { Access = access }, cancellationToken);
        }
        catch (TimeoutException)
        {
            return new(null, TooSlow); // once more would take as long
        }

        var headers = new Dictionary<string, LogHeader?>();
        foreach (var session in result.Hits.Select(hit => hit.Session).Distinct())
        {
            var found = await opener.FindAsync(identity, session, cancellationToken);
            if (found.Error is { Code: not (ErrorCode.NotFound or ErrorCode.Forbidden) } fault) return new(null, fault);
            headers[session] = found.Value;
        }

        return new(result with { Hits = [.. result.Hits.Where(hit => headers[hit.Session] is { } header && header.Epoch == hit.Epoch && hit.Document.First >= header.First)] }, null);
    }

    private async Task<ImmutableArray<string>> SharedAsync(string tenant, string subject, CancellationToken cancellationToken)
    {
        var readable = await log.ListAsync(tenant, subject, MaxListed, null, cancellationToken);
        return [.. readable.Where(session => session.Owner != subject).Take(MaxShared).Select(session => session.Session)];
    }

    private static void Write(Utf8JsonWriter writer, SearchResult result, SearchQuery query)
    {
        writer.WriteStartArray("hits");
        foreach (var hit in result.Hits) Write(writer, hit, query);
        writer.WriteEndArray();
        if (result.Next is { } next) writer.WriteString("next", SearchParameters.Write(next));
        writer.WriteString("order", result.Ranked ? "relevance" : "newest");
        if (result.Partial) writer.WriteBoolean("partial", true);
    }

    private static void Write(Utf8JsonWriter writer, SearchHit hit, SearchQuery query)
    {
        var (document, snippet) = (hit.Document, SearchSnippet.Of(hit.Document.Text, query));
        writer.WriteStartObject();
        writer.WriteString("session", hit.Session);
        writer.WriteString("kind", SearchParameters.NameOf(document.Kind));
        writer.WriteNumber("seq", document.First);
        writer.WriteString("at", document.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        if (document.MessageId is { } message) writer.WriteString("messageId", message);
        if (document.ExecutionId is { } execution) writer.WriteString("executionId", execution);
        if (document.Tool is { } tool) writer.WriteString("tool", tool);
        if (hit.State is { } state) writer.WriteString("state", SearchParameters.NameOf(state));
        if (document.User is { } user) writer.WriteString("user", user);
        if (document.Stream is { } stream) writer.WriteString("stream", SearchParameters.NameOf(stream));
        if (document.Line is { } line) writer.WriteNumber("line", line + snippet.Line);
        writer.WriteStartArray("snippet");
        foreach (var part in snippet.Parts)
        {
            writer.WriteStartObject();
            writer.WriteString("text", part.Text);
            if (part.Match) writer.WriteBoolean("match", true);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
