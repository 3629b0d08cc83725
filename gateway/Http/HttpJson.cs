using System.Text.Json;
using ToolRuntime.Sessions;

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

    public static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> members)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await using (var writer = new Utf8JsonWriter(context.Response.BodyWriter, WireJson.WriterOptions))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }
}
