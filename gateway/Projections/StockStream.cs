using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.Gateway.Telemetry;

namespace ToolRuntime.Gateway.Projections;

/// <summary>A <c>text/event-stream</c> as OpenAI's clients read it: objects, named or not, and comments in silence.</summary>
internal sealed class StockStream(HttpContext context, DeliveryMetrics metrics)
{
    private readonly WireTap? wire = context.Features.Get<WireTap>();
    private int unsent;

    /// <summary>Sends the headers, so that the client knows at once.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await context.Response.StartAsync(cancellationToken);
    }

    /// <summary>An object.</summary>
    public void Write(Action<Utf8JsonWriter> members) => Write(JsonText.Object(members), null);

    /// <summary>The same, named or not.</summary>
    public void Write(JsonText json, string? name)
    {
        Write(name is null ? $"data: {json}\n\n" : $"event: {name}\ndata: {json}\n\n");
        wire?.Sent(Encoding.UTF8.GetBytes(json.ToString()));
        unsent++;
    }

    /// <summary>Text as it is.</summary>
    public void Write(string text) => Encoding.UTF8.GetBytes(text, context.Response.BodyWriter);

    /// <summary>False once the client has left.</summary>
    public async Task<bool> FlushAsync(CancellationToken cancellationToken)
    {
        metrics.ByStream(unsent, context.Response.BodyWriter.UnflushedBytes);
        unsent = 0;
        return !(await context.Response.BodyWriter.FlushAsync(cancellationToken)).IsCompleted;
    }
}
