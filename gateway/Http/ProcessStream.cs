using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Hosting;
using ToolRuntime.Gateway.Processes;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;

namespace ToolRuntime.Gateway.Http;

/// <summary><c>GET /v1/processes</c> as <c>text/event-stream</c>: what <c>processes.watch</c> tells, from the beginning each time.</summary>
internal sealed class ProcessStream(ProcessFeeds feeds, Grants grants, IOptions<HttpOptions> options, GatewayDrain drain)
{
    public async Task RunAsync(HttpContext context, bool host)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(drain.Leaving, context.RequestAborted);
        var (grant, refusal) = await grants.TakeAsync(Credential.Of(context));
        using var granted = grant;
        var interval = int.TryParse(context.Request.Query["intervalMs"].FirstOrDefault() ?? "", out var asked) ? ProcessFeeds.IntervalOf(asked) : null;
        if (interval is null && context.Request.Query.ContainsKey("intervalMs")) refusal ??= new(ErrorCode.InvalidCommand, "intervalMs is no number from 250 to 60,000.");
        if (grant is null || refusal is not null)
        {
            await HttpErrors.WriteAsync(context, refusal!);
            return;
        }

        grant.Begin((_, _) => _ = ended.CancelAsync());
        var wake = new WakeSignal();
        using var reader = feeds.Reader(() => grant.Identity, host, interval ?? feeds.Interval, wake.Set);
        reader.Begin();
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        try
        {
            Write(context, "retry: 1000\n\n");
            while (true)
            {
                while (reader.Take() is { } json)
                {
                    Write(context, "event: processes\ndata: ");
                    context.Response.BodyWriter.Write(json.Span);
                    Write(context, "\n\n");
                }

                if ((await context.Response.BodyWriter.FlushAsync(ended.Token)).IsCompleted) return;
                if (!await wake.WaitAsync(options.Value.CommentMs, ended.Token)) Write(context, ":\n\n");
            }
        }
        catch (OperationCanceledException)
        {
            // the client left, the key ended, or the server stops: it comes again
        }
    }

    private static void Write(HttpContext context, string text) => Encoding.UTF8.GetBytes(text, context.Response.BodyWriter);
}
