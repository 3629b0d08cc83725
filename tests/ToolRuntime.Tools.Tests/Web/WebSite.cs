using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ToolRuntime.Tools.Tests.Support;
using ToolRuntime.Tools.Web;

namespace ToolRuntime.Tools.Tests.Web;

/// <summary>A server on the loopback address and a <c>web_scrape</c> that may reach it as <c>site.test</c> only.</summary>
internal sealed class WebSite : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TemporaryFolder folder = new();
    private readonly ServiceProvider services;

    private WebSite(WebApplication app, (string Key, string Value)[] settings)
    {
        this.app = app;
        Port = new Uri(app.Urls.Single()).Port;
        Context = new(folder.Workspace);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Append(("AllowedHosts:0", "site.test")).ToDictionary(s => $"Web:{s.Item1}", s => (string?)s.Item2)).Build();
        services = new ServiceCollection().AddLogging().AddSingleton<HostResolver>(ResolveAsync).AddBuiltInTools(configuration).BuildServiceProvider();
        Tool = services.GetServices<ITool>().Single(tool => tool.Descriptor.Name == "web_scrape");
    }

    public int Port { get; }

    public ITool Tool { get; }

    public FakeToolContext Context { get; }

    /// <summary>What was asked for, as <c>host path</c>.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>What the resolver was asked.</summary>
    public ConcurrentQueue<string> Resolved { get; } = new();

    /// <summary>Addresses by name, besides <c>site.test</c>.</summary>
    public Func<string, IPAddress[]> Addresses { get; set; } = _ => [];

    /// <summary>What resolving a name waits for; null answers at once.</summary>
    public Func<CancellationToken, Task>? HoldResolver { get; set; }

    public static async Task<WebSite> StartAsync(Func<HttpContext, WebSite, Task> answer, params (string Key, string Value)[] settings)
    {
        WebSite? site = null;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.AllowSynchronousIO = true;
        });
        var app = builder.Build();
        app.Run(context =>
        {
            site!.Requests.Enqueue($"{context.Request.Host.Host} {context.Request.Path}");
            return answer(context, site);
        });
        await app.StartAsync();
        return site = new(app, settings);
    }

    /// <summary>A site with one page.</summary>
    public static Task<WebSite> StartAsync(string contentType, byte[] body, params (string Key, string Value)[] settings) => StartAsync(
        (context, _) =>
        {
            if (contentType.Length > 0) context.Response.ContentType = contentType;
            return context.Response.Body.WriteAsync(body).AsTask();
        },
        settings);

    public string Url(string path = "/", string host = "site.test") => $"http://{host}:{Port}{path}";

    public Task<ToolResult> GetAsync(string url, bool links = false, CancellationToken cancellationToken = default)
    {
        var arguments = JsonText.Object(json =>
        {
            json.WriteString("url", url);
            json.WriteBoolean("links", links);
        });
        return Tool.ExecuteAsync(FakeToolContext.Call("web_scrape", arguments.Json), Context, cancellationToken).WaitAsync(Wait.Timeout, CancellationToken.None);
    }

    public Task<ToolResult> GetAsync() => GetAsync(Url());

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await app.DisposeAsync();
        folder.Dispose();
    }

    private async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        Resolved.Enqueue(host);
        if (HoldResolver is { } hold) await hold(cancellationToken);
        return host == "site.test" ? [IPAddress.Loopback] : Addresses(host);
    }
}
