using System.Text.Json;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Http;

/// <summary><c>/v1/sessions/{session}/messages</c>: send one, with its events until the reply ends if the client wants them.</summary>
internal sealed class MessageEndpoints(HttpCommands commands, EventStreams streams, ISessionLog log, ConnectionOptions limits)
{
    public async Task SendAsync(HttpContext context, string session)
    {
        var identity = Identity.Of(context);
        var reply = await SendCommandAsync(context, session);
        if (reply.Error is null && EventStream.IsWanted(context.Request)) await StreamAsync(context, identity.Key(session), reply.Value.ToElement());
        else await HttpJson.WriteReplyAsync(context, reply, StatusCodes.Status202Accepted);
    }

    private async Task<SessionReply<JsonText>> SendCommandAsync(HttpContext context, string session)
    {
        if (!EntityId.IsValid(session)) return new(default, new(ErrorCode.InvalidCommand, "The session's id is not usable."));
        if (EventStream.IsWanted(context.Request) && Scopes.Refuse(Identity.Of(context), Scope.SessionsRead) is { } forbidden) return new(default, forbidden);
        if (RequestBody.CommandId(context) is not { } id) return new(default, RequestBody.UnusableKey);
        var body = await RequestBody.ReadAsync(context, limits);
        if (body.Value is not { } json) return new(default, body.Error);
        if (!CommandEnvelope.TryReadObject(json, out _, out var problem)) return new(default, new(ErrorCode.InvalidCommand, problem));
        var parsed = CommandParser.Parse(json, WireJsonContext.Default.SendMessage);
        return parsed.Value is { } command ? await commands.ExecuteAsync(context, session, id, command) : new(default, parsed.Error);
    }

    private async Task StreamAsync(HttpContext context, SessionKey key, JsonElement sent)
    {
        var (first, replyId) = (sent.GetProperty("seq").GetInt64(), sent.GetProperty("replyId").GetString());
        var header = await log.GetHeaderAsync(key, context.RequestAborted) ?? throw new SessionLogUnavailableException("The session vanished.");
        var opening = new SessionOpening(header.Epoch, header.Head, first - 1, Recovered: true, null);
        await streams.RunAsync(context, key, opening, _ => true, @event => EndOfReply(@event, replyId));
    }

    private static string? EndOfReply(EncodedEvent @event, string? replyId)
    {
        if (@event.Type != "conversation.state" || @event.Target != replyId) return null;
        var state = (JsonSerializer.Deserialize(@event.Json.Span, WireJsonContext.Default.SessionEvent) as ConversationStateChanged)?.To;
        return state switch
        {
            MessageStatus.Completed => "completed",
            MessageStatus.Error => "error",
            MessageStatus.Cancelled => "cancelled",
            _ => null,
        };
    }
}
