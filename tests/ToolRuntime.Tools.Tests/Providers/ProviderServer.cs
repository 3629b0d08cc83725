using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ToolRuntime.Tools.Tests.Providers;

/// <summary>A provider's server on the loopback address, which keeps what it is asked.</summary>
internal sealed class ProviderServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private ProviderServer(WebApplication app) => this.app = app;

    public string Url => app.Urls.Single();

    /// <summary>Method, path with query, authorization and body of each request.</summary>
    public ConcurrentQueue<(string Method, string Path, string Authorization, string Body)> Requests { get; } = new();

    public static async Task<ProviderServer> StartAsync(Func<HttpContext, Task> answer)
    {
        ProviderServer? server = null;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var app = builder.Build();
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            server!.Requests.Enqueue((context.Request.Method, context.Request.Path + context.Request.QueryString.ToString(), context.Request.Headers.Authorization.ToString(), body));
            await answer(context);
        });
        await app.StartAsync();
        return server = new(app);
    }

    /// <summary>A server that always answers the same.</summary>
    public static Task<ProviderServer> StartAsync(string json, int status = 200, string contentType = "application/json") => StartAsync(context => SendAsync(context, json, status, contentType));

    /// <summary>A server that is having a bad day.</summary>
    public static Task<ProviderServer> StartAsync(BadDay day) => StartAsync(day.AnswerAsync);

    public static Task SendAsync(HttpContext context, string body, int status = 200, string contentType = "application/json")
    {
        (context.Response.StatusCode, context.Response.ContentType) = (status, contentType);
        return context.Response.WriteAsync(body);
    }

    /// <summary>More of an answer that has begun.</summary>
    public static Task SendRestAsync(HttpContext context, string body) => context.Response.WriteAsync(body);

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
