using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.TestingHost;
using ToolRuntime.Gateway.Hosting;
using ToolRuntime.Gateway.Http;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.Gateway.Tests.Fakes;
using ToolRuntime.Gateway.Tests.Security;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;
using ToolRuntime.Streams;

namespace ToolRuntime.Gateway.Tests;

/// <summary>A gateway on a real socket over a fake of everything behind it. Tests say what is committed and what is delivered.</summary>
internal sealed class World : IAsyncDisposable
{
    /// <summary>How long anything may take; only failures wait for it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly InProcessTestCluster cluster;
    private readonly WebApplication app;
    private readonly SettingsSource settings;

    private World(InProcessTestCluster cluster, WebApplication app, SettingsSource settings, MemorySessionLog log, FakeSessions sessions) =>
        (this.cluster, this.app, this.settings, Log, Sessions) = (cluster, app, settings, log, sessions);

    public MemorySessionLog Log { get; }

    public FakeSessions Sessions { get; }

    /// <summary>What was logged as an error. A test that does not look into it has none.</summary>
    public required ErrorLog Errors { get; init; }

    /// <summary>What was logged.</summary>
    public required LineLog Lines { get; init; }

    public Uri Address => new(app.Urls.First());

    public Uri WebSocketAddress => new UriBuilder(Address) { Scheme = "ws", Path = "/v1/ws" }.Uri;

    public SessionFeeds Feeds => app.Services.GetRequiredService<SessionFeeds>();

    public static SessionKey Key(string session) => new("dev", session);

    /// <summary>Starts a gateway; <paramref name="settings"/> are names below <c>ToolRuntime:</c> and values.</summary>
    public static async Task<World> StartAsync(params (string Name, object Value)[] settings)
    {
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureClient(client => client.AddLiveStreams(SessionStreams.Provider));
        builder.ConfigureSilo((_, silo) => silo.AddLiveStreams(SessionStreams.Provider).UseInMemoryReminderService());
        var cluster = builder.Build();
        await cluster.DeployAsync();

        var log = new MemorySessionLog();
        var sessions = new FakeSessions(log, (key, frame) => PublishAsync(cluster.Client, key, frame));
        var web = WebApplication.CreateSlimBuilder();
        var errors = new ErrorLog();
        var lines = new LineLog();
        web.Logging.ClearProviders().AddProvider(errors).AddProvider(lines);
        web.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var source = new SettingsSource();
        source.Replace(settings);
        ((IConfigurationBuilder)web.Configuration).Add(source);
        web.Services.AddSingleton<ISessionLog>(log).AddSingleton(FakeCluster.Create(cluster.Client, sessions)).AddGateway();
        var app = web.Build();
        app.MapGateway();
        await app.StartAsync();
        return new(cluster, app, source, log, sessions) { Errors = errors, Lines = lines };
    }

    /// <summary>Changes the configuration of the running server to these settings.</summary>
    public void Configure(params (string Name, object Value)[] changed) => settings.Replace(changed);

    /// <summary>Connects with a key.</summary>
    public Task<WireClient> ConnectAsync(TestKey key) => WireClient.ConnectAsync(this, options => options.SetRequestHeader("Authorization", $"Bearer {key.Token}"));

    /// <summary>The code that a connection with a key is turned away with; null if it is let in, and left then.</summary>
    public async Task<int?> RefusedAsync(TestKey key)
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("toolruntime.v1");
        socket.Options.SetRequestHeader("Authorization", $"Bearer {key.Token}");
        using var patience = new CancellationTokenSource(Patience);
        await socket.ConnectAsync(WebSocketAddress, patience.Token);
        var first = await socket.ReceiveAsync(new byte[4_096], patience.Token);
        return first.MessageType == WebSocketMessageType.Close ? (int)socket.CloseStatus! : null;
    }

    /// <summary>Commits events and delivers them.</summary>
    public Task PublishAsync(string session, params (string Type, string? Target, string Fields)[] events) => DeliverAsync(session, Log.Append(Key(session), events));

    /// <summary>Delivers a frame to whoever subscribed.</summary>
    public Task DeliverAsync(string session, SessionFrame frame) => PublishAsync(cluster.Client, Key(session), frame);

    /// <summary>Commits and delivers numbered output.</summary>
    public Task OutputAsync(string session, int count = 1, int size = 1)
    {
        var text = new string('x', size);
        return PublishAsync(session, [.. Enumerable.Range(0, count).Select(_ => ("tool.output", (string?)"x1", $"\"executionId\":\"x1\",\"stream\":\"stdout\",\"text\":\"{text}\""))]);
    }

    public HttpClient Http(string? host = null)
    {
        var client = new HttpClient { BaseAddress = Address, Timeout = Patience };
        if (host is not null) client.DefaultRequestHeaders.Host = host;
        return client;
    }

    public HttpClient Http(TestKey key)
    {
        var client = Http();
        client.DefaultRequestHeaders.Authorization = new("Bearer", key.Token);
        return client;
    }

    /// <summary>Method and address of every route that is the API's.</summary>
    public IEnumerable<string> Routes() => ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        .Where(route => route.RoutePattern.RawText is { } text && !text.Contains("**", StringComparison.Ordinal) && !text.Contains("*path", StringComparison.Ordinal) && !OtherMethods.IsOne(route))
        .SelectMany(route => (route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Where(method => method != "HEAD").Select(method => $"{method} {route.RoutePattern.RawText}"));

    /// <summary>What a signal does first.</summary>
    public void BeginStop() => app.Lifetime.StopApplication();

    public Task StopAsync() => app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await cluster.DisposeAsync();
        Errors.AssertNoneUnseen();
    }

    private static Task PublishAsync(IClusterClient client, SessionKey key, SessionFrame frame) =>
        client.GetStreamProvider(SessionStreams.Provider).GetStream<SessionFrame>(StreamId.Create(SessionStreams.Namespace, key.ToString())).OnNextAsync(frame);
}
