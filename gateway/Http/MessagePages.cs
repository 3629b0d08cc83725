using System.Text.Json;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Http;

/// <summary>
/// <c>GET /v1/sessions/{session}/messages?before=&amp;limit=</c>: a page of messages, oldest first, back to the first that the log keeps.
/// It is read from the log and wakes no grain. Only where the log was trimmed, so that a message in the session's view may have lost its
/// beginning, the view is asked too.
/// </summary>
internal sealed class MessagePages(SessionOpener opener, CommandRetry retry, ISessionLog log)
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 200;
    private const int MaxBytes = 4 << 20;

    private static Rejection Missing => new(ErrorCode.NotFound, "There is no such message among the kept ones.");

    public async Task GetAsync(HttpContext context, string session)
    {
        if (!HttpQuery.TryReadLimit(context.Request, DefaultLimit, MaxLimit, out var limit))
        {
            await HttpErrors.WriteAsync(context, HttpQuery.BadLimit(MaxLimit));
            return;
        }

        var identity = Identity.Of(context);
        var before = context.Request.Query["before"].FirstOrDefault();
        var found = await opener.FindAsync(identity, session, context.RequestAborted);
        var page = found.Error is { } refusal
            ? new(null, refusal)
            : await ReadAsync(identity, session, before, limit, found.Value!.First > 1, context.RequestAborted);
        await (page.Value is { } messages ? HttpJson.WriteAsync(context, messages.Write) : HttpErrors.WriteAsync(context, page.Error!));
    }

    private async Task<SessionReply<Page>> ReadAsync(
        Identity identity, string session, string? before, int limit, bool trimmed, CancellationToken cancellationToken)
    {
        var read = await retry.RunAsync(
            async () =>
                await log.ReadMessagesAsync(identity.Key(session), before, new(limit, MaxBytes), cancellationToken) is { } kept
                ? new SessionReply<MessagePage>(kept, null)
                : new(null, Missing), cancellationToken);
        if (read.Error is { } refusal && (!trimmed || refusal.Code != ErrorCode.NotFound)) return new(null, refusal);
        var page = new Page([.. (read.Value?.Messages ?? []).Select(Encode)], read.Value?.More == true);
        if (page.More || page.Messages.Count == limit || !trimmed) return new(page, null);

        var opened = await opener.OpenAsync(identity, session, OpenFrom.Snapshot, cancellationToken);
        if (opened.Value is not { View: { } view }) return new(null, opened.Error);
        var next = read.Value is { Messages: [var oldest, ..] } ? oldest.Id : before;
        return page.Extend(view, next, limit) is { } extended ? new(extended, null) : read.Succeeded ? new(page, null) : new(null, Missing);
    }

    private static JsonElement Encode(MessageEntries message) =>
        JsonSerializer.SerializeToElement(MessageHistory.ViewOf(message), WireJsonContext.Default.MessageView);

    private sealed record Page(List<JsonElement> Messages, bool More)
    {
        /// <summary>Adds what a view has before <paramref name="next"/> (null: its newest); null where it has no such message.</summary>
        public Page? Extend(ReadOnlyMemory<byte> view, string? next, int limit)
        {
            using var document = JsonDocument.Parse(view);
            var messages = document.RootElement.GetProperty("messages").EnumerateArray().ToList();
            var end = next is null ? messages.Count : messages.FindIndex(message => message.GetProperty("id").ValueEquals(next));
            if (end < 0) return null;
            var start = Math.Max(0, end - (limit - Messages.Count));
            return new([.. messages[start..end].Select(message => message.Clone()), .. Messages], start > 0);
        }

        public void Write(Utf8JsonWriter writer)
        {
            writer.WriteStartArray("messages");
            foreach (var message in Messages) message.WriteTo(writer);
            writer.WriteEndArray();
            writer.WriteBoolean("more", More);
        }
    }
}
