using System.Text.Json;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Hosting;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Http;

/// <summary><c>POST /v1/sessions/{session}/commands</c>: any command as it is, answered with what its ack would hold.</summary>
internal sealed class CommandEndpoints(HttpCommands commands, SessionCalls calls, SessionOpener opener, GatewayDrain drain, ConnectionOptions limits)
{
    public async Task ExecuteAsync(HttpContext context, string session)
    {
        var read = await ReadAsync(context, session);
        if ((read.Error ?? drain.Refuse()) is { } problem)
        {
            await HttpErrors.WriteAsync(context, problem);
            return;
        }

        var identity = Identity.Of(context);
        if (CommandScopes.Refuse(identity, read.Value.Type) is { } forbidden)
        {
            await HttpErrors.WriteAsync(context, forbidden);
            return;
        }

        switch (read.Value.Type)
        {
            case "session.open":
                await OpenAsync(context, identity, session, read.Value);
                break;
            case "tool.details":
                var executionId = Field(read.Value, "executionId");
                var details = executionId is null ? new(default, new(ErrorCode.InvalidCommand, "The field executionId is missing or malformed.")) : await calls.GetExecutionAsync(identity, session, executionId, context.RequestAborted);
                await HttpJson.WriteReplyAsync(context, details);
                break;
            default:
                var parsed = CommandParser.Parse(read.Value);
                var reply = parsed.Value is { } command ? await commands.ExecuteAsync(context, session, read.Value.Id, command, read.Value.TraceParent) : new(default, parsed.Error);
                await HttpJson.WriteReplyAsync(context, reply);
                break;
        }
    }

    private async Task<SessionReply<CommandEnvelope>> ReadAsync(HttpContext context, string session)
    {
        if (!EntityId.IsValid(session)) return Refuse("The session's id is not usable.");
        var body = await RequestBody.ReadAsync(context, limits);
        if (body.Value is not { } json) return new(default, body.Error);
        if (!CommandEnvelope.TryReadObject(json, out var fields, out var problem)) return Refuse(problem);
        var (id, type, named, trace, _) = fields;
        var keyed = context.Request.Headers.ContainsKey("Idempotency-Key");
        if (RequestBody.CommandId(context) is not { } key) return new(default, RequestBody.UnusableKey);
        if (id is not null && !EntityId.IsValid(id)) return Refuse("The command's id is not usable: [A-Za-z0-9][A-Za-z0-9._-]{0,63}.");
        if (keyed && id is not null && id != key) return Refuse("The command's id and the Idempotency-Key differ.");
        if (named is not null && named != session) return Refuse("The command names another session than the address.");
        if (type is "session.close" or "tool.follow" or "tool.unfollow" or "typing" or "auth.refresh" or "ping" || (type is not null && UnboundCommands.Types.Contains(type))) return Refuse($"The command {type} is about a WebSocket.");
        return new(new(id ?? key, type, session, json, trace), null);
    }

    private async Task OpenAsync(HttpContext context, Identity identity, string session, CommandEnvelope envelope)
    {
        using var document = JsonDocument.Parse(envelope.Json);
        var reply = CommandFields.TryReadStart(document.RootElement, out var from, out var problem)
            ? await opener.OpenAsync(identity, session, from, context.RequestAborted)
            : new(null, new(ErrorCode.InvalidCommand, problem));
        await (reply.Value is { } opening ? HttpJson.WriteAsync(context, opening.Write) : HttpErrors.WriteAsync(context, reply.Error!));
    }

    private static SessionReply<CommandEnvelope> Refuse(string message) => new(default, new(ErrorCode.InvalidCommand, message));

    private static string? Field(CommandEnvelope envelope, string name)
    {
        using var document = JsonDocument.Parse(envelope.Json);
        return CommandFields.GetId(document.RootElement, name);
    }
}
