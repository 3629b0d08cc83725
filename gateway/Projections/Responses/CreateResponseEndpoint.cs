using ToolRuntime.Commands;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Http;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Projections.Responses;

/// <summary><c>POST responses</c>: a message in a session, or answers to what its reply waits for; whole, as a stream, or in the background.</summary>
internal sealed class CreateResponseEndpoint(Replies replies, ReplyStreams streams, ResponseFollower follower, ResponseReader reader, HttpCommands commands, ConnectionOptions limits)
{
    public async Task CreateAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context, limits);
        var commandId = RequestBody.CommandId(context);
        var read = body.Error is { } unreadable ? new(null, unreadable) : commandId is null ? new(null, RequestBody.UnusableKey) : ResponseRequest.Read(context, body.Value!);
        if (read.Value is not { } request)
        {
            await HttpErrors.WriteAsync(context, read.Error!);
            return;
        }

        if (request.Stream)
        {
            var id = default(ResponseId);
            async Task<SessionReply<ReplyTail>> OpenAsync()
            {
                var begun = await BeginAsync(context, request, commandId!);
                return (id = begun.Value) is null ? new(null, begun.Error) : await follower.OpenAsync(context, id);
            }

            await streams.RunAsync(context, request.Session.Id, OpenAsync, _ => new ResponseStream(new(id!, request.Echo, after: -1)));
            return;
        }

        var started = await BeginAsync(context, request, commandId!);
        if (started.Value is not { } response) await HttpErrors.WriteAsync(context, started.Error!);
        else if (request.Background) await AcceptAsync(context, response, request.Echo);
        else await follower.AnswerAsync(context, response, request.Echo);
    }

    private async Task AcceptAsync(HttpContext context, ResponseId id, ResponseEcho echo)
    {
        var read = await reader.ReadAsync(Identity.Of(context), id, echo, context.RequestAborted);
        await (read.Value is { } fold ? ResponsesEndpoint.WriteAsync(context, fold) : HttpErrors.WriteAsync(context, read.Error!));
    }

    private async Task<SessionReply<ResponseId>> BeginAsync(HttpContext context, ResponseRequest request, string commandId)
    {
        var previous = request.Previous is null ? null : await reader.ReadAsync(Identity.Of(context), request.Previous, new(), context.RequestAborted);
        if (previous?.Error is { } gone) return new(null, gone);
        if (request.Message is null) return await GoOnAsync(context, request, previous!.Value!);
        var sent = await replies.SendAsync(context, request.Session.Id, commandId, request.Message);
        return sent.Value is { } reply ? new(new(request.Session.Id, reply.Id, reply.First, reply.First), null) : new(null, sent.Error);
    }

    /// <summary>Gives the answers. What somebody else has answered meanwhile stays so.</summary>
    private async Task<SessionReply<ResponseId>> GoOnAsync(HttpContext context, ResponseRequest request, ResponseFold previous)
    {
        if (!previous.AwaitsApproval) return new(null, OpenAIError.Refuse("previous_response_id", "That response does not ask for approvals.", ErrorCode.Conflict));
        foreach (var (execution, approve, reason) in request.Approvals)
        {
            SessionCommand answer = approve ? new ApproveTool(execution, reason) : new DenyTool(execution, reason);
            var given = await commands.ExecuteAsync(context, request.Session.Id, EntityId.New("http"), answer);
            if (given.Error is { Code: not ErrorCode.Conflict } refusal) return new(null, refusal);
        }

        return new(previous.Id with { From = previous.Seq + 1 }, null);
    }
}
