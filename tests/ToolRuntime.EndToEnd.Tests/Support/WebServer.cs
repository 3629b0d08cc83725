using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace ToolRuntime.EndToEnd.Tests.Support;

/// <summary>What a tool fetches: a page, while it is well, or what a provider answers.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private WebServer(WebApplication app)
    {
        this.app = app;
        app.Run(AnswerAsync);
    }

    /// <summary>The status it answers with.</summary>
    public int Status { get; set; } = StatusCodes.Status200OK;

    /// <summary>What it does instead of showing its page; null for that.</summary>
    public Func<HttpContext, Task>? Answer { get; set; }

    /// <summary>The paths that were asked for.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public string Url(string path) => $"{app.Urls.Single()}/{path}";

    public static async Task<WebServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = new WebServer(builder.Build());
        await server.app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        Requests.Enqueue(context.Request.Path.Value![1..]);
        if (Answer is { } answer) return answer(context);
        (context.Response.StatusCode, context.Response.ContentType) = (Status, "text/html");
        return context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("<title>A page</title><p>It works.")).AsTask();
    }
}
