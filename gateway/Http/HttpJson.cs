using System.Text.Json;
using ToolRuntime.Sessions;
using ToolRuntime.Silo.Hosting;

namespace ToolRuntime.Gateway.Http;

/// <summary>Writes JSON objects as responses.</summary>
internal static class HttpJson
{
    /// <summary>Writes a command's result as it is, or its refusal.</summary>
    public static async Task WriteReplyAsync(HttpContext context, SessionReply<JsonText> reply, int status = StatusCodes.Status200OK)
    {
        if (reply.Error is { } refusal)
        {
            await HttpErrors.WriteAsync(context, refusal);
            return;
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync(reply.Value.ToString(), context.RequestAborted);
    }

    public static Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> members) => JsonAnswer.WriteAsync(context, members);
}
