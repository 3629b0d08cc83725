using System.Text.Json;
using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Notices;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Notices;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Http;

/// <summary><c>/v1/notices</c>: what people and services tell those who look at the page.</summary>
internal sealed class NoticeEndpoints(NoticeCalls notices, ConnectionOptions limits, IOptions<HttpOptions> options)
{
    /// <summary><c>POST /v1/notices</c>: 201 with the notice.</summary>
    public async Task PostAsync(HttpContext context)
    {
        var identity = Identity.Of(context);
        var posted = await PostAsync(context, identity);
        if (posted.Value is not { } notice)
        {
            await HttpErrors.WriteAsync(context, posted.Error!);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status201Created;
        await HttpJson.WriteAsync(context, writer =>
        {
            writer.WritePropertyName("notice");
            NoticeJson.Write(writer, notice, identity.Tenant);
        });
    }

    /// <summary><c>GET /v1/notices?session=</c>: what the caller is shown.</summary>
    public async Task ListAsync(HttpContext context)
    {
        var identity = Identity.Of(context);
        var list = await notices.ListAsync(identity, context.Request.Query["session"].FirstOrDefault(), context.RequestAborted);
        await (list.Error is { } refusal ? HttpErrors.WriteAsync(context, refusal) : HttpJson.WriteAsync(context, writer =>
        {
            writer.WriteStartArray("notices");
            foreach (var notice in list.Value) NoticeJson.Write(writer, notice, identity.Tenant);
            writer.WriteEndArray();
        }));
    }

    /// <summary><c>DELETE /v1/notices/{id}</c>: dismissed for the caller; with <c>withdraw=true</c>, gone for everybody.</summary>
    public async Task DeleteAsync(HttpContext context, string id)
    {
        var identity = Identity.Of(context);
        var withdraw = context.Request.Query["withdraw"].FirstOrDefault();
        var refusal = withdraw switch
        {
            "true" => await notices.WithdrawAsync(identity, id, context.Request.Query["tenant"].FirstOrDefault(), context.RequestAborted),
            null or "false" => await notices.DismissAsync(identity, id, context.RequestAborted),
            _ => new(ErrorCode.InvalidCommand, "withdraw is neither true nor false."),
        };
        await (refusal is null ? HttpJson.WriteAsync(context, _ => { }) : HttpErrors.WriteAsync(context, refusal));
    }

    private async Task<SessionReply<Notice>> PostAsync(HttpContext context, Identity identity)
    {
        if (RequestBody.CommandId(context) is not { } id) return new(null, RequestBody.UnusableKey);
        var body = await RequestBody.ReadAsync(context, limits);
        if (body.Value is not { } json) return new(null, body.Error);
        if (!CommandEnvelope.TryReadObject(json, out _, out var problem)) return new(null, new(ErrorCode.InvalidCommand, problem));
        using var document = JsonDocument.Parse(json);
        if (!NoticeRequest.TryRead(document.RootElement, identity, id, out var draft, out problem)) return new(null, new(ErrorCode.InvalidCommand, problem));
        if (await identity.Usage.TakeNoticeAsync(options.Value.NoticesPerMinute) is { } refusal) return new(null, refusal);
        return await notices.PostAsync(identity, draft, context.RequestAborted);
    }
}
