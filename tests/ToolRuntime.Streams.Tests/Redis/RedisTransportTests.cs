using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;
using ToolRuntime.Streams.Redis;
using ToolRuntime.Tests.Shared;

namespace ToolRuntime.Streams.Tests.Redis;

/// <summary>The transport over a Redis of one server.</summary>
public class RedisTransportTests : LiveTransportConformance
{
    private static readonly StreamId Stream = StreamId.Create("session", "acme/gaps");

    private readonly string scope = Guid.NewGuid().ToString();
    private readonly ConcurrentBag<IDisposable> opened = [];
    private RedisServer server = null!;

    protected string Address => server.Address;

    internal virtual Task<RedisServer> StartAsync() => RedisServer.StartAsync();

    public override async Task InitializeAsync() => server = await StartAsync();

    public override async Task DisposeAsync()
    {
        foreach (var one in opened) one.Dispose();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Connection_OfSubscriptionsLost_SubscribersAreToldOnceItStandsAgain()
    {
        var (one, other) = (CreateWith("subscriber", out var redis), Create());
        var received = new BlockingCollection<object?>();
        await one.SubscribeAsync(Stream, item => received.Add(item == LiveItem.Gap ? null : item.Value));
        await other.SubscribeAsync(Stream, _ => { });

        for (var round = 0; round < 5; round++)
        {
            await CutAsync(redis, "subscriber");
            Assert.Null(await NextAsync(received, item => item is null));
            // Nothing that is published from now on may be missed.
            for (var i = 0; i < 20; i++) await other.PublishAsync(Stream, new(i, Serializer));
            for (var i = 0; i < 20; i++) Assert.Equal(i, await NextAsync(received, item => item is not null));
        }
    }

    [Fact]
    public async Task Connection_Lost_NobodyElseIsTold()
    {
        var (one, other) = (CreateWith("unlucky", out var redis), CreateWith("lucky", out _));
        var (told, untold) = (new BlockingCollection<object?>(), new BlockingCollection<object?>());
        await one.SubscribeAsync(Stream, item => told.Add(item == LiveItem.Gap ? null : item.Value));
        await other.SubscribeAsync(Stream, item => untold.Add(item == LiveItem.Gap ? null : item.Value));

        await CutAsync(redis, "unlucky");
        Assert.Null(await NextAsync(told, item => item is null));
        await other.PublishAsync(Stream, new(7, Serializer));

        Assert.Equal(7, await NextAsync(untold, _ => true));
    }

    protected override ILiveTransport Create() => CreateWith("test", out _);

    private RedisTransport CreateWith(string client, out ConnectionMultiplexer redis)
    {
        var options = ConfigurationOptions.Parse(server.Address);
        (options.ClientName, options.AllowAdmin) = (client, true);
        opened.Add(redis = ConnectionMultiplexer.Connect(options));
        var transport = new RedisTransport(redis, scope, Serializer, NullLogger<RedisTransport>.Instance);
        opened.Add(transport);
        return transport;
    }

    /// <summary>Has the server close the client's connection for subscriptions.</summary>
    private static async Task CutAsync(ConnectionMultiplexer redis, string client)
    {
        foreach (var endpoint in redis.GetServers())
        {
            foreach (var one in await endpoint.ClientListAsync())
            {
                if (one.Name == client && (one.SubscriptionCount > 0 || one.ShardedSubscriptionCount > 0)) await endpoint.ClientKillAsync(one.Id, skipMe: false);
            }
        }
    }

    private static Task<object?> NextAsync(BlockingCollection<object?> received, Func<object?, bool> counts) => Task.Run(() =>
    {
        using var timeout = new CancellationTokenSource(Waits.Long);
        while (true)
        {
            var item = received.Take(timeout.Token);
            if (counts(item)) return item;
        }
    });
}

/// <summary>The same over a Redis Cluster, where publish/subscribe is sharded; a cluster of one server that has all slots.</summary>
public sealed class RedisClusterTransportTests : RedisTransportTests
{
    internal override async Task<RedisServer> StartAsync()
    {
        var server = await RedisServer.StartOwnAsync("--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1");
        try
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions { EndPoints = { server.Address }, AllowAdmin = true });
            var node = redis.GetServer(server.Address);
            await node.ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
            using var timeout = new CancellationTokenSource(Waits.Long);
            while (!((string)(await node.ExecuteAsync("CLUSTER", "INFO"))!).Contains("cluster_state:ok", StringComparison.Ordinal)) timeout.Token.ThrowIfCancellationRequested();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    [Fact]
    public async Task Subscription_OnACluster_IsSharded()
    {
        var transport = Create();
        await transport.SubscribeAsync(StreamId.Create("session", "acme/s1"), _ => { });

        await using var redis = await ConnectionMultiplexer.ConnectAsync(Address);
        // Redis' client has a plain channel of its own.
        Assert.DoesNotContain(await redis.GetServer(Address).SubscriptionChannelsAsync(), channel => channel.ToString().Contains("acme", StringComparison.Ordinal));
        Assert.NotEmpty((RedisResult[])(await redis.GetServer(Address).ExecuteAsync("PUBSUB", "SHARDCHANNELS"))!);
    }
}
