using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Mcp;

/// <summary>A streamable HTTP server with sessions that forgets them when a test wants it to, behind the real client.</summary>
internal sealed class FakeHttpServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, bool> sessions = new();
    private readonly WebApplication app;
    private int initialized, calls, asked;

    private FakeHttpServer(WebApplication app) => this.app = app;

    public McpHost Host { get; private set; } = null!;

    /// <summary>How often a session was begun.</summary>
    public int Initialized => initialized;

    /// <summary>How many calls were taken.</summary>
    public int Calls => calls;

    /// <summary>Methods of requests that were taken, with their bodies.</summary>
    public ConcurrentQueue<JsonObject> Received { get; } = new();

    /// <summary>Whether sessions are begun.</summary>
    public bool Begins { get; set; } = true;

    /// <summary>What beginning a session waits for.</summary>
    public Task BeforeInitialize { get; set; } = Task.CompletedTask;

    /// <summary>How often a session was asked for.</summary>
    public int Asked => asked;

    /// <summary>What a request of a session that is not known gets.</summary>
    public (int Status, string Body) OfUnknownSession { get; set; } = (404, "");

    /// <summary>What a GET gets.</summary>
    public int OfGet { get; set; } = 405;

    /// <summary>Answers a call, whose id is given as JSON.</summary>
    public Func<HttpContext, string, Task> OnCall { get; set; } = (context, id) => JsonAsync(context, Done(id));

    public static async Task<FakeHttpServer> StartAsync(Action<FakeHttpServer>? configure = null, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var app = builder.Build();
        var server = new FakeHttpServer(app);
        configure?.Invoke(server);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        server.Host = await McpHost.StartAsync([("Servers:http:Url", $"{app.Urls.Single()}/mcp"), ("MaxReconnectAfter", "00:00:00.2"), .. settings]);
        await server.Host.HasAsync("http__a");
        return server;
    }

    public static string Done(string id, string text = "done") => $$$"""{"jsonrpc":"2.0","id":{{{id}}},"result":{"content":[{"type":"text","text":"{{{text}}}"}]}}""";

    public static Task JsonAsync(HttpContext context, string json)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(json);
    }

    public static async Task EventAsync(HttpContext context, string data)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync($": comment\nid: 1\ndata: {data}\n\n");
        await context.Response.Body.FlushAsync();
    }

    /// <summary>Knows no session any more.</summary>
    public void Forget() => sessions.Clear();

    public Task<ToolResult> RunAsync(string arguments = "{}", CancellationToken cancellationToken = default) => Host.RunAsync("http__a", arguments, cancellationToken);

    /// <summary>Waits for a message of this method.</summary>
    public async Task<JsonObject> ReceivedAsync(string method)
    {
        await Wait.UntilAsync(() => Received.Any(message => (string?)message["method"] == method), $"{method} came");
        return Received.First(message => (string?)message["method"] == method);
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Method != "POST")
        {
            context.Response.StatusCode = context.Request.Method == "GET" ? OfGet : 200;
            return;
        }

        var message = (await JsonNode.ParseAsync(context.Request.Body))!.AsObject();
        var (method, id) = ((string)message["method"]!, message["id"]?.ToJsonString());
        if (method == "initialize")
        {
            await InitializeAsync(context, id!);
            return;
        }

        if (!context.Request.Headers.TryGetValue("Mcp-Session-Id", out var session) || !sessions.ContainsKey(session.ToString()))
        {
            context.Response.StatusCode = OfUnknownSession.Status;
            context.Response.ContentType = OfUnknownSession.Body.StartsWith('{') ? "application/json" : "text/plain";
            await context.Response.WriteAsync(OfUnknownSession.Body);
            return;
        }

        Received.Enqueue(message);
        if (id is null) context.Response.StatusCode = 202;
        else if (method == "tools/list") await JsonAsync(context, $$$"""{"jsonrpc":"2.0","id":{{{id}}},"result":{"tools":[{{{FakeMcpServer.Tool("a")}}}]}}""");
        else if (method == "tools/call")
        {
            Interlocked.Increment(ref calls);
            await OnCall(context, id);
        }
    }

    private async Task InitializeAsync(HttpContext context, string id)
    {
        Interlocked.Increment(ref asked);
        await BeforeInitialize;
        if (!Begins)
        {
            context.Response.StatusCode = 503;
            return;
        }

        Interlocked.Increment(ref initialized);
        var session = Guid.NewGuid().ToString("N");
        sessions[session] = true;
        context.Response.Headers["Mcp-Session-Id"] = session;
        await JsonAsync(context, $$$$"""{"jsonrpc":"2.0","id":{{{{id}}}},"result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"fake","version":"1"}}}""");
    }
}
