using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ToolRuntime.Gateway.Tests.Telemetry;

/// <summary>Takes what is posted to <c>/v1/metrics</c> and <c>/v1/traces</c> as OTLP's protobuf over HTTP.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<(string Path, string? Type, byte[] Body)> posts = new();

    private OtlpReceiver(WebApplication app) => this.app = app;

    public Uri Address => new(app.Urls.First());

    /// <summary>What kinds of bodies came.</summary>
    public IEnumerable<string?> Types => posts.Select(post => post.Type).Distinct();

    public static async Task<OtlpReceiver> StartAsync()
    {
        var web = WebApplication.CreateSlimBuilder();
        web.Logging.ClearProviders();
        web.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var receiver = new OtlpReceiver(web.Build());
        receiver.app.Map("{**path}", receiver.TakeAsync);
        await receiver.app.StartAsync();
        return receiver;
    }

    /// <summary>Whether a name, which OTLP sends as plain UTF-8, came with a signal.</summary>
    public bool Holds(string path, string name) => posts.Any(post => post.Path == path && post.Body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(name)) >= 0);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        posts.Enqueue((context.Request.Path, context.Request.ContentType, body.ToArray()));
        context.Response.ContentType = "application/x-protobuf"; // an empty answer means that all was taken
    }
}
