using System.Text.Json;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Http;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Sharing;

/// <summary><c>/v1/sessions/{session}/shares</c>: makes, lists and revokes links to replays.</summary>
internal sealed class ShareEndpoints(ShareCalls shares, ConnectionOptions limits)
{
    private const int MaxBytes = 4_096;

    public async Task CreateAsync(HttpContext context, string session)
    {
        var request = await ReadAsync(context);
        var made = request.Value is { } asked ? await shares.CreateAsync(Identity.Of(context), session, asked, context.RequestAborted) : new(default, request.Error);
        if (made.Error is { } refusal)
        {
            await HttpErrors.WriteAsync(context, refusal);
            return;
        }

        var (share, token) = made.Value;
        context.Response.StatusCode = StatusCodes.Status201Created;
        await HttpJson.WriteAsync(context, json =>
        {
            json.WriteString("token", token);
            json.WriteString("path", $"{SharePath.Page}/{token}");
            json.WriteStartObject("share");
            ShareJson.WriteMembers(json, share);
            json.WriteEndObject();
        });
    }

    public async Task ListAsync(HttpContext context, string session)
    {
        var list = await shares.ListAsync(Identity.Of(context), session, context.RequestAborted);
        await (list.Error is { } refusal ? HttpErrors.WriteAsync(context, refusal) : HttpJson.WriteAsync(context, json =>
        {
            json.WriteStartArray("shares");
            foreach (var share in list.Value)
            {
                json.WriteStartObject();
                ShareJson.WriteMembers(json, share);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }));
    }

    public async Task RevokeAsync(HttpContext context, string session, string share)
    {
        var refusal = await shares.RevokeAsync(Identity.Of(context), session, share, context.RequestAborted);
        await (refusal is null ? HttpJson.WriteAsync(context, _ => { }) : HttpErrors.WriteAsync(context, refusal));
    }

    private async Task<SessionReply<ShareRequest>> ReadAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context, limits, MaxBytes);
        if (body.Value is not { } bytes) return new(null, body.Error);
        if (!CommandEnvelope.TryReadObject(bytes, out _, out var problem)) return new(null, new(ErrorCode.InvalidCommand, problem));
        using var document = JsonDocument.Parse(bytes);
        return ShareRequest.TryRead(document.RootElement, out var request, out problem) ? new(request, null) : new(null, new(ErrorCode.InvalidCommand, problem));
    }
}
