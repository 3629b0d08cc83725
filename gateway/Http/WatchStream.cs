using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Hosting;
using ToolRuntime.Gateway.Notices;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.Gateway.Watching;

namespace ToolRuntime.Gateway.Http;

/// <summary><c>GET /v1/sessions</c> as <c>text/event-stream</c>: what <c>sessions.watch</c> tells, <c>id</c> being the cursor, and notices.</summary>
internal sealed class WatchStream(WatchHandler watching, NoticeReaders notices, Grants grants, IOptions<HttpOptions> options, GatewayDrain drain)
{
    public async Task RunAsync(HttpContext context)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(drain.Leaving, context.RequestAborted);
        var (grant, refusal) = await grants.TakeAsync(Credential.Of(context));
        using var granted = grant;
        if (grant is null)
        {
            await HttpErrors.WriteAsync(context, refusal!);
            return;
        }

        grant.Begin((_, _) => _ = ended.CancelAsync());
        var wake = new WakeSignal();
        await using var told = notices.Add(new(() => grant.Identity, _ => null, wake.Set));
        await using var reader = watching.Reader(new(() => grant.Identity, wake.Set, WatchHandler.MaxLimit, watching.Interval));
        var request = context.Request;
        reader.Begin();
        await reader.StartAsync(request.Headers["Last-Event-ID"].FirstOrDefault() ?? request.Query["after"].FirstOrDefault());
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        try
        {
            Write(context, "retry: 1000\n\n");
            while (true)
            {
                Write(context, "notice", told.Reader, () => null);
                Write(context, "sessions", reader, () => reader.Cursor);
                if ((await context.Response.BodyWriter.FlushAsync(ended.Token)).IsCompleted) return;
                if (!await wake.WaitAsync(options.Value.CommentMs, ended.Token)) Write(context, ":\n\n");
            }
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            Write(context, "event: end\ndata: {\"reason\":\"going_away\"}\n\n");
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // the client left
        }
    }

    private static void Write(HttpContext context, string type, IFrameSource source, Func<string?> id)
    {
        while (source.Take() is { } json)
        {
            Write(context, id() is { } cursor ? $"event: {type}\nid: {cursor}\ndata: " : $"event: {type}\ndata: ");
            context.Response.BodyWriter.Write(json.Span);
            Write(context, "\n\n");
        }
    }

    private static void Write(HttpContext context, string text) => Encoding.UTF8.GetBytes(text, context.Response.BodyWriter);
}
