using System.Globalization;
using System.Text.Json;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Http;

/// <summary>Sessions by HTTP: the caller's list and one session's snapshot.</summary>
internal sealed class SessionEndpoints(SessionOpener opener, CommandRetry retry, ISessionLog log, WatchStream watching)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;

    /// <summary><c>GET /v1/sessions?limit=&amp;after=</c>: newest activity first; <c>next</c>, where there are more, is the next page's <c>after</c>. As a stream: <see cref="WatchStream"/>.</summary>
    public Task ListAsync(HttpContext context) => EventStream.IsWanted(context.Request) ? watching.RunAsync(context) : ListPageAsync(context);

    private async Task ListPageAsync(HttpContext context)
    {
        var identity = Identity.Of(context);
        if (!HttpQuery.TryReadLimit(context.Request, DefaultLimit, MaxLimit, out var limit))
        {
            await HttpErrors.WriteAsync(context, HttpQuery.BadLimit(MaxLimit));
            return;
        }

        if (!TryReadPlace(context.Request, out var after))
        {
            await HttpErrors.WriteAsync(context, new(ErrorCode.InvalidCommand, "after is no page's next."));
            return;
        }

        var list = await retry.RunAsync(
            async () => new SessionReply<IReadOnlyList<SessionSummary>>(await log.ListAsync(identity.Tenant, identity.AllSessions ? null : identity.Subject, limit + 1, after, context.RequestAborted), null),
            context.RequestAborted);
        await (list.Value is { } sessions ? HttpJson.WriteAsync(context, writer => Write(writer, sessions, limit)) : HttpErrors.WriteAsync(context, list.Error!));
    }

    /// <summary><c>GET /v1/sessions/{session}</c>: <c>{epoch, seq, check?, view}</c>. Creates nothing.</summary>
    public async Task GetAsync(HttpContext context, string session)
    {
        var identity = Identity.Of(context);
        var found = await opener.FindAsync(identity, session, context.RequestAborted);
        var opened = found.Error is { } refusal ? new(null, refusal) : await opener.OpenAsync(identity, session, OpenFrom.Snapshot, context.RequestAborted);
        await (opened.Value is { View: { } view } snapshot
            ? HttpJson.WriteAsync(context, writer =>
            {
                writer.WriteString("epoch", snapshot.Epoch);
                writer.WriteNumber("seq", snapshot.After);
                if (snapshot.Check is not null) writer.WriteString("check", snapshot.Check);
                writer.WritePropertyName("view");
                writer.WriteRawValue(view.Span, skipInputValidation: true);
            })
            : HttpErrors.WriteAsync(context, opened.Error!));
    }

    private static bool TryReadPlace(HttpRequest request, out SessionListPlace? place)
    {
        place = null;
        if (request.Query["after"].FirstOrDefault() is not { } text) return true;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0 || !EntityId.IsValid(text[(colon + 1)..]) || !long.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var at) || at > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()) return false;
        place = new(DateTimeOffset.FromUnixTimeMilliseconds(at), text[(colon + 1)..]);
        return true;
    }

    private static void Write(Utf8JsonWriter writer, IReadOnlyList<SessionSummary> sessions, int limit)
    {
        if (sessions.Count > limit) writer.WriteString("next", string.Create(CultureInfo.InvariantCulture, $"{sessions[limit - 1].UpdatedAt.ToUnixTimeMilliseconds()}:{sessions[limit - 1].Session}"));
        writer.WriteStartArray("sessions");
        foreach (var session in sessions.Take(limit))
        {
            writer.WriteStartObject();
            writer.WriteString("session", session.Session);
            writer.WriteString("owner", session.Owner);
            writer.WriteNumber("head", session.Head);
            writer.WriteString("updatedAt", session.UpdatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            if (session.Label is { Title: var title }) writer.WriteString("title", title ?? "");
            if (session.Label is { Activity: var activity and not SessionActivity.Idle }) writer.WriteString("activity", JsonNamingPolicy.SnakeCaseLower.ConvertName(activity.ToString()));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
