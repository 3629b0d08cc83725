using System.Globalization;
using System.Text.Json;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Http;

/// <summary>Sessions by HTTP: the caller's list and one session's snapshot.</summary>
internal sealed class SessionEndpoints(SessionOpener opener, CommandRetry retry, ISessionLog log)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;

    /// <summary><c>GET /v1/sessions?limit=</c></summary>
    public async Task ListAsync(HttpContext context)
    {
        var identity = Identity.Of(context);
        if (!HttpQuery.TryReadLimit(context.Request, DefaultLimit, MaxLimit, out var limit))
        {
            await HttpErrors.WriteAsync(context, HttpQuery.BadLimit(MaxLimit));
            return;
        }

        var list = await retry.RunAsync(
            async () => new SessionReply<IReadOnlyList<SessionSummary>>(await log.ListAsync(identity.Tenant, identity.AllSessions ? null : identity.Subject, limit, context.RequestAborted), null),
            context.RequestAborted);
        await (list.Value is { } sessions ? HttpJson.WriteAsync(context, writer => Write(writer, sessions)) : HttpErrors.WriteAsync(context, list.Error!));
    }

    /// <summary><c>GET /v1/sessions/{session}</c>: <c>{epoch, seq, view}</c>. Creates nothing.</summary>
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
                writer.WritePropertyName("view");
                writer.WriteRawValue(view.Span, skipInputValidation: true);
            })
            : HttpErrors.WriteAsync(context, opened.Error!));
    }

    private static void Write(Utf8JsonWriter writer, IReadOnlyList<SessionSummary> sessions)
    {
        writer.WriteStartArray("sessions");
        foreach (var session in sessions)
        {
            writer.WriteStartObject();
            writer.WriteString("session", session.Session);
            writer.WriteString("owner", session.Owner);
            writer.WriteNumber("head", session.Head);
            writer.WriteString("updatedAt", session.UpdatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
