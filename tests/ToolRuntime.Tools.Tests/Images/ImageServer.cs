using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ToolRuntime.Tools.Tests.Images;

/// <summary>A local server that answers as told, and remembers what it was asked.</summary>
internal sealed class ImageServer : IAsyncDisposable
{
    public const string Key = "sk-test-0123456789abcdef";

    /// <summary>A PNG of one pixel.</summary>
    public const string Pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    private readonly WebApplication app;
    private readonly Func<HttpContext, Task> answer;

    private ImageServer(WebApplication app, Func<HttpContext, Task> answer) => (this.app, this.answer) = (app, answer);

    public string Url => app.Urls.Single();

    public ConcurrentQueue<(string Path, IHeaderDictionary Headers, JsonElement Body)> Requests { get; } = new();

    public static async Task<ImageServer> StartAsync(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new ImageServer(builder.Build(), answer);
        server.app.Run(server.AnswerAsync);
        await server.app.StartAsync();
        return server;
    }

    /// <summary>Sends events, and a break of the connection where one is <c>null</c>.</summary>
    public static Func<HttpContext, Task> Sse(params string?[] events) => async context =>
    {
        context.Response.ContentType = "text/event-stream";
        foreach (var one in events)
        {
            if (one is null)
            {
                context.Abort();
                return;
            }

            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"data: {one}\n\n"));
            await context.Response.Body.FlushAsync();
        }
    };

    public static Func<HttpContext, Task> Json(string body, int status = 200, string? retryAfter = null) => async context =>
    {
        (context.Response.StatusCode, context.Response.ContentType) = (status, "application/json");
        if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
        await context.Response.WriteAsync(body);
    };

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body);
        Requests.Enqueue((context.Request.Path, new HeaderDictionary(context.Request.Headers.ToDictionary()), body.RootElement.Clone()));
        await answer(context);
    }
}
