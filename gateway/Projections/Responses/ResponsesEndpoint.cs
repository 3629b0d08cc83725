using System.Globalization;
using ToolRuntime.Commands;
using ToolRuntime.Gateway.Http;
using ToolRuntime.Gateway.Security;

namespace ToolRuntime.Gateway.Projections.Responses;

/// <summary>Responses: <c>GET responses/{id}</c>, as it stands or as a stream from any number on, and <c>POST responses/{id}/cancel</c>.</summary>
internal sealed class ResponsesEndpoint(ResponseReader reader, ReplyStreams streams, ResponseFollower follower, HttpCommands commands)
{
    public async Task GetAsync(HttpContext context, string response)
    {
        var identity = Identity.Of(context);
        var query = context.Request.Query;
        var after = -1L;
        if (query["starting_after"].FirstOrDefault() is { } text && !(long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out after) && query["stream"] == "true"))
        {
            await HttpErrors.WriteAsync(context, OpenAIError.Refuse("starting_after", "starting_after must be an event's number, with stream=true."));
            return;
        }

        var read = ResponseId.Parse(response) is { } id ? await reader.ReadAsync(identity, id, new(), context.RequestAborted) : new(null, ResponseReader.Missing(response));
        if (read.Value is not { } fold) await HttpErrors.WriteAsync(context, read.Error!);
        else if (query["stream"] != "true") await WriteAsync(context, fold);
        else await streams.RunAsync(context, fold.Id.Session, () => follower.OpenAsync(context, fold.Id), _ => new ResponseStream(new(fold.Id, new(), after)));
    }

    /// <summary>Cancels the reply; one that has ended already stays as it is.</summary>
    public async Task CancelAsync(HttpContext context, string response)
    {
        var read = ResponseId.Parse(response) is { } id ? await reader.ReadAsync(Identity.Of(context), id, new(), context.RequestAborted) : new(null, ResponseReader.Missing(response));
        if (read.Value is not { Ended: false } open)
        {
            await (read.Value is { } ended ? WriteAsync(context, ended) : HttpErrors.WriteAsync(context, read.Error!));
            return;
        }

        var cancelled = await commands.ExecuteAsync(context, open.Id.Session, EntityId.New("http"), new CancelMessage(open.Id.Reply));
        if (cancelled.Error is { Code: not ErrorCode.Conflict } refusal) await HttpErrors.WriteAsync(context, refusal);
        else await follower.AnswerAsync(context, open.Id, new());
    }

    public static Task WriteAsync(HttpContext context, ResponseFold fold)
    {
        context.Response.Headers[StockSession.Header] = fold.Id.Session;
        return HttpJson.WriteAsync(context, writer => ResponseJson.Write(writer, fold));
    }
}
