using System.Text.Json;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Http;

/// <summary><c>GET /v1/sessions/{session}/events</c>: a stream of events, or a page of them.</summary>
internal sealed class EventEndpoints(SessionOpener opener, EventStreams streams, ISessionLog log, CommandRetry retry)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1_000;
    private const int PageBytes = 1_048_576;

    public async Task GetAsync(HttpContext context, string session)
    {
        var identity = Identity.Of(context);
        var opened = await OpenAsync(context, identity, session);
        if (opened.Value is not { } opening) await HttpErrors.WriteAsync(context, opened.Error!);
        else if (EventStream.IsWanted(context.Request)) await streams.RunAsync(context, identity.Key(session), opening, _ => true, _ => null);
        else await WritePageAsync(context, identity.Key(session), opening);
    }

    private async Task<SessionReply<SessionOpening>> OpenAsync(HttpContext context, Identity identity, string session)
    {
        if (!EventPosition.TryRead(context.Request, out var from)) return new(null, EventPosition.Malformed);
        var found = await opener.FindAsync(identity, session, context.RequestAborted);
        return found.Error is { } refusal ? new(null, refusal) : await opener.OpenAsync(identity, session, from, context.RequestAborted);
    }

    private async Task WritePageAsync(HttpContext context, SessionKey key, SessionOpening opening)
    {
        if (!HttpQuery.TryReadLimit(context.Request, DefaultLimit, MaxLimit, out var limit))
        {
            await HttpErrors.WriteAsync(context, HttpQuery.BadLimit(MaxLimit));
            return;
        }

        var read = await retry.RunAsync(async () => new SessionReply<LogPage>(await log.ReadAsync(key, opening.After, new(limit, PageBytes), context.RequestAborted), null), context.RequestAborted);
        if (read.Value is not { } page) await HttpErrors.WriteAsync(context, read.Error!);
        else if (page.Epoch != opening.Epoch || page.First > opening.After + 1) await HttpErrors.WriteAsync(context, new(ErrorCode.Conflict, "The position was lost while it was read; ask again.", Retryable: true));
        else await HttpJson.WriteAsync(context, writer => Write(writer, opening, page));
    }

    private static void Write(Utf8JsonWriter writer, SessionOpening opening, LogPage page)
    {
        var (seq, check) = page.Entries is [.., { Event: { } last }] ? (last.Seq, last.Check) : (opening.After, opening.Check);
        opening.Write(writer, check);
        writer.WriteNumber("seq", seq);
        writer.WriteStartArray("events");
        foreach (var entry in page.Entries) writer.WriteRawValue(entry.Event.Json.Span, skipInputValidation: true);
        writer.WriteEndArray();
    }
}
