using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ToolRuntime.Gateway.Hosting;
using ToolRuntime.Gateway.Http;
using ToolRuntime.SessionLog;
using ToolRuntime.Silo;

namespace ToolRuntime.Gateway.Tests.Security;

/// <summary>The whole server in this process, on a real socket and a data folder of its own, with keys.</summary>
public sealed class TenantServer : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("toolruntime-tenants-").FullName;
    private readonly WebApplication app;

    private TenantServer((string Name, object Value)[] settings)
    {
        var web = WebApplication.CreateSlimBuilder();
        web.Logging.ClearProviders();
        web.WebHost.UseUrls("http://127.0.0.1:0");
        (string Name, object Value)[] all = [("Data:Path", folder), ("Models:Default", "directive"), ("Runners:GraceSeconds", 0), .. settings];
        web.Configuration.AddInMemoryCollection(all.Select(setting => KeyValuePair.Create($"ToolRuntime:{setting.Name}", setting.Value.ToString())));
        web.AddToolRuntimeSilo(web.Configuration.GetSection("ToolRuntime"));
        web.Services.AddGateway();
        app = web.Build();
        app.MapGateway();
    }

    public Uri Address => new(app.Urls.First());

    public ISessionLog Log => app.Services.GetRequiredService<ISessionLog>();

    /// <summary>Method and address of every route but those that catch the rest.</summary>
    public IEnumerable<string> Routes => ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        .Where(route => route.RoutePattern.RawText is { } text && !text.Contains('*', StringComparison.Ordinal) && !OtherMethods.IsOne(route))
        .SelectMany(route => (route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Where(method => method != "HEAD").Select(method => $"{method} {route.RoutePattern.RawText}"));

    /// <summary>The same of those below a folder, whatever they catch.</summary>
    public IEnumerable<string> EveryRoute(string folder) => ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        .Where(route => $"/{route.RoutePattern.RawText?.Trim('/')}".StartsWith(folder, StringComparison.Ordinal))
        .SelectMany(route => (route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method => $"{method} /{route.RoutePattern.RawText?.Trim('/')}"));

    internal static async Task<TenantServer> StartAsync(params (string Name, object Value)[] settings)
    {
        var server = new TenantServer(settings);
        await server.app.StartAsync();
        return server;
    }

    internal HttpClient Http(TestKey? key)
    {
        var client = new HttpClient { BaseAddress = Address, Timeout = World.Patience };
        if (key is not null) client.DefaultRequestHeaders.Authorization = new("Bearer", key.Token);
        return client;
    }

    internal async Task<WireClient?> ConnectAsync(TestKey? key)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("toolruntime.v1");
        if (key is not null) socket.Options.SetRequestHeader("Authorization", $"Bearer {key.Token}");
        return await WireClient.TryConnectAsync(socket, new UriBuilder(Address) { Scheme = "ws", Path = "/v1/ws" }.Uri);
    }

    /// <summary>Runs a tool to its end in a session; gives batch and execution.</summary>
    internal async Task<(string Batch, string Execution)> ExecuteAsync(TestKey key, string session, string tool = "computer", string arguments = "{}")
    {
        using var http = Http(key);
        using var content = JsonContent.Create(JsonElement.Parse($$"""{"tool":"{{tool}}","arguments":{{arguments}},"session":"{{session}}"}"""));
        using var response = await http.PostAsync(new Uri("/v1/tools/execute", UriKind.Relative), content);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        return (body.GetProperty("jobId").GetString()!.Split(':')[1], body.GetProperty("executionId").GetString()!);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }
}
