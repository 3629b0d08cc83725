using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;
using ToolRuntime.SessionLog;
using ToolRuntime.Stores.Redis;

namespace ToolRuntime.Stores.Tests.Redis;

/// <summary>What is Redis' own: the start, several processes on one store, idle sessions.</summary>
public sealed class RedisSessionLogTests
{
    private static readonly SessionKey Key = new("acme", "s1");

    private readonly string prefix = $"t{Guid.NewGuid():n}:";

    [Fact]
    public async Task Start_ByTheHost_ConnectsBeforeAnythingElse()
    {
        var connected = false;
        var address = (await RedisServers.Single).Configuration;
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddHostedService(services =>
            new Probe(async () => connected = await services.GetRequiredService<ISessionLog>().GetHeaderAsync(Key) is null));
        builder.Services.AddRedisSessionLog(options => (options.Configuration, options.KeyPrefix) = (address, prefix));
        using var host = builder.Build();

        await host.StartAsync();

        Assert.True(connected);
        await host.StopAsync();
    }

    [Fact]
    public async Task Start_NoRedisThere_FailsAndSaysWhere()
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddRedisSessionLog(options =>
            (options.Configuration, options.ConnectTimeoutMs) = ("127.0.0.1:1,password=hidden", 500));
        using var host = builder.Build();

        var e = await Assert.ThrowsAsync<SessionLogUnavailableException>(() => host.StartAsync());

        Assert.Contains("127.0.0.1:1", e.Message, StringComparison.Ordinal);
        Assert.Contains("can't be reached", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_FsyncOnAServerThatCannot_IsRefused()
    {
        var servers = await RedisServers.Single;
        using var admin = await ConnectionMultiplexer.ConnectAsync(servers.Configuration);
        var can = admin.GetServers()[0].Version >= new Version(7, 2);

        var e = await Record.ExceptionAsync(async () => await (await OpenAsync(options => options.Fsync = true)).DisposeAsync());

        if (can) Assert.Null(e);
        else Assert.Contains("7.2", Assert.IsType<SessionLogUnavailableException>(e).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Use_BeforeConnectingOrAfterDispose_IsUnavailable()
    {
        var log = await OpenAsync();
        await log.DisposeAsync();
        await Assert.ThrowsAsync<SessionLogUnavailableException>(() => log.OpenAsync(Key, "ann"));
        await Assert.ThrowsAsync<SessionLogUnavailableException>(() => log.GetHeaderAsync(Key));

        using var never = new ServiceCollection().AddLogging().AddMetrics().AddRedisSessionLog().BuildServiceProvider();
        await Assert.ThrowsAsync<SessionLogUnavailableException>(() => never.GetRequiredService<ISessionLog>().GetHeaderAsync(Key));
    }

    [Fact]
    public async Task ListOpenWorkOf_TwoProcesses_EachHasTheSessionsThatItOpenedLast()
    {
        await using var one = await OpenAsync(options => options.Holder = "silo 1");
        await using var other = await OpenAsync(options => options.Holder = "silo 2");
        await AppendAsync(one, Key, openWork: true);
        await AppendAsync(one, Key with { Session = "s2" }, openWork: true);
        await AppendAsync(one, Key with { Session = "s3" });
        Assert.Equal(["s1", "s2"], Names(await other.ListOpenWorkOfAsync("silo 1")));
        Assert.Empty(await other.ListOpenWorkOfAsync("silo 2"));

        var taken = await other.OpenAsync(Key, null);
        Assert.Equal(["s1"], Names(await one.ListOpenWorkOfAsync("silo 2")));
        await UntilAsync(async () => Names(await other.ListOpenWorkOfAsync("silo 1")).SequenceEqual(["s2"]));

        await other.AppendAsync(Key, taken!.Token, 1, [Entry(2)], new(OpenWork: false));
        Assert.Equal(["s2"], Names(await one.ListOpenWorkAsync()));
        await UntilAsync(async () => (await one.ListOpenWorkOfAsync("silo 2")).IsEmpty);
    }

    [Fact]
    public async Task ListOpenWork_MarkOfAWriterThatCouldNotAppend_IsNoOpenWorkAndGoesOnceTheWriterCannotReturn()
    {
        await using var log = await OpenAsync(options => options.Holder = "silo 1");
        var opening = await log.OpenAsync(Key, "ann");
        Assert.Equal(AppendOutcome.HeadMoved, await log.AppendAsync(Key, opening!.Token, 7, [Entry(8)], new(OpenWork: true)));

        // Whoever takes over for this silo looks at it, for its append may yet have been on its way; the header tells the others.
        Assert.Equal(["s1"], Names(await log.ListOpenWorkOfAsync("silo 1")));
        Assert.Empty(await log.ListOpenWorkAsync());
        Assert.Equal(["s1"], Names(await log.ListOpenWorkOfAsync("silo 1")));

        await log.OpenAsync(Key, null);
        Assert.Empty(await log.ListOpenWorkAsync());
        await UntilAsync(async () => (await log.ListOpenWorkOfAsync("silo 1")).IsEmpty);
    }

    [Fact]
    public async Task GetStoredBytes_TwoProcesses_CountTogether()
    {
        await using var one = await OpenAsync();
        await using var other = await OpenAsync();
        await AppendAsync(one, Key);
        Assert.Equal(2, (await one.GetStoredBytesAsync("acme", "ann")).Owner);
        await AppendAsync(other, Key with { Session = "s2" });
        Assert.Equal(4, (await other.GetStoredBytesAsync("acme", "ann")).Owner);

        await UntilAsync(async () => (await one.GetStoredBytesAsync("acme", "ann")).Owner == 4);
        await other.DeleteAsync(Key);
        await UntilAsync(async () => await one.GetStoredBytesAsync("acme", "ann") == new StoredBytes(2, 2));
    }

    [Fact]
    public async Task GetStoredBytes_ProcessDiedBeforeItReported_IsMadeUpForByTheNextThatAsks()
    {
        await using (var log = await OpenAsync()) await AppendAsync(log, Key);
        using var admin = await ConnectionMultiplexer.ConnectAsync((await RedisServers.Single).Configuration);
        var keys = new RedisKeys(prefix);
        await admin.GetDatabase().HashSetAsync(keys.Sessions("acme"), "s1", "1 0 ann");
        await admin.GetDatabase().HashSetAsync(keys.Sessions("acme"), "gone", "1 100 ann");
        await admin.GetDatabase().HashSetAsync(keys.Sums("acme"), [new("t", 100), new("oann", 100)]);

        await using var next = await OpenAsync();

        Assert.Equal(new StoredBytes(2, 2), await next.GetStoredBytesAsync("acme", "ann"));
    }

    [Fact]
    public async Task Expiry_IdleSession_GoesWithAllItHoldsAndOneAtWorkStays()
    {
        await using var log = await OpenAsync(options => options.ExpireIdleAfter = TimeSpan.FromSeconds(1));
        var (busy, kept) = (Key with { Session = "busy" }, Key with { Session = "kept" });
        await AppendAsync(log, Key);
        await AppendAsync(log, busy, openWork: true);
        await using (var lasting = await OpenAsync()) await AppendAsync(lasting, kept);

        await UntilAsync(async () => await log.GetHeaderAsync(Key) is null);

        Assert.Equal(["busy", "kept"], (await log.ListAsync("acme", "ann", 10)).Select(session => session.Session)
            .Order(StringComparer.Ordinal));
        Assert.Empty((await log.ReadAsync(Key, 0, new(10, 10))).Entries);
        Assert.Equal(1, (await log.GetHeaderAsync(busy))!.Head);
        await log.AppendAsync(busy, (await log.OpenAsync(busy, null))!.Token, 1, [], new(OpenWork: false));
        await UntilAsync(async () => await log.GetHeaderAsync(busy) is null);
    }

    [Fact]
    public async Task Append_WithoutTheReplicasThatItNeeds_IsInDoubt()
    {
        await using var log = await OpenAsync(options => (options.Replicas, options.ReplicationTimeoutMs) = (1, 50));
        await using var other = await OpenAsync();
        var opening = await other.OpenAsync(Key, "ann");

        var e = await Assert.ThrowsAsync<SessionLogUnavailableException>(() => log.AppendAsync(Key, opening!.Token, 0, [Entry(1)]));

        Assert.Contains("0 of 1 replicas", e.Message, StringComparison.Ordinal);
        Assert.Equal(1, (await other.GetHeaderAsync(Key))!.Head); // it was written nevertheless
    }

    [Fact]
    public async Task Append_WithAReplica_IsThereWhenItCounts()
    {
        await using var master = await RedisServer.StartAsync();
        await using var replica = await RedisServer.StartAsync("--replicaof", "127.0.0.1", $"{master.Port}");
        using var admin = await replica.ConnectAsync();
        await Waits.UntilAsync(() =>
            $"{admin.GetDatabase().Execute("INFO", "replication")}".Contains("master_link_status:up", StringComparison.Ordinal));
        await using var log = await RedisStore.OpenAsync(master.Address, options => options.Replicas = 1);
        var opening = await log.OpenAsync(Key, "ann");

        for (var seq = 0; seq < 50; seq++)
        {
            Assert.Equal(AppendOutcome.Committed, await log.AppendAsync(Key, opening!.Token, seq, [Entry(seq + 1)]));
            Assert.Equal(seq + 1, admin.GetDatabase()
                .ListLength(new RedisKeys("toolruntime:").Session(Key)[1], CommandFlags.PreferReplica));
        }

        // In one group: each has an answer of its own.
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => log.AppendAsync(Key, opening!.Token, 50, [Entry(51)])));
        Assert.Single(outcomes, AppendOutcome.Committed);
    }

    [Theory]
    [InlineData("acme", "s1")]
    [InlineData("a}b", "s{1}")]
    [InlineData("}", "%7D")]
    public async Task Keys_OfASession_AreInOneSlotAndItsOwn(string tenant, string session)
    {
        using var cluster = await ConnectionMultiplexer.ConnectAsync((await RedisServers.Cluster).Configuration);
        var keys = new RedisKeys(prefix);

        var own = keys.Session(new(tenant, session));

        Assert.Single(own.Select(key => cluster.GetHashSlot(key)).Distinct(), slot => slot >= 0);
        Assert.Equal(cluster.GetHashSlot(keys.Sessions(tenant)), cluster.GetHashSlot(keys.Sums(tenant)));
        Assert.Equal(keys.Header(new(tenant, session)), own[0]);
        Assert.Empty(own.Intersect(keys.Session(new("%7D", "}"))));
    }

    [Fact]
    public async Task Memory_IdleSessions_CostLittleMoreThanTheirEvents()
    {
        const int Sessions = 200, Events = 50, Bytes = 200;
        await using var server = await RedisServer.StartAsync();
        await using var log = await RedisStore.OpenAsync(server.Address);
        using var admin = await server.ConnectAsync();
        await AppendAsync(log, Key with { Session = "first" });
        var before = await MemoryAsync(admin);

        await Task.WhenAll(Enumerable.Range(0, Sessions).Select(async i =>
        {
            var session = new SessionKey("acme", $"s_{i:d10}");
            var opening = await log.OpenAsync(session, "ann");
            var json = new byte[Bytes];
            for (var seq = 0; seq < Events; seq += 10)
            {
                var first = seq;
                await log.AppendAsync(session, opening!.Token, seq, [.. Enumerable.Range(1, 10)
                    .Select(n => new LogEntry(new(first + n, "tool.output", "x_0123456789", json, "aaaaaaaa"), default))]);
            }
        }));
        await log.GetStoredBytesAsync("acme", "ann");

        var each = (await MemoryAsync(admin) - before) / Sessions;
        Assert.InRange(each, Events * Bytes, (Events * (Bytes + 60)) + 2_000);
    }

    private static async Task<long> MemoryAsync(ConnectionMultiplexer admin)
    {
        // Without the scratch room of connections and scripts.
        var stats = (RedisResult[])(await admin.GetDatabase().ExecuteAsync("MEMORY", "STATS"))!;
        var at = Array.FindIndex(stats, value => value.Resp2Type == ResultType.BulkString && (string?)value == "dataset.bytes");
        return (long)stats[at + 1];
    }

    private async Task<RedisSessionLog> OpenAsync(Action<RedisSessionLogOptions>? configure = null)
    {
        var address = (await RedisServers.Single).Configuration;
        return await RedisStore.OpenAsync(address, options =>
        {
            options.KeyPrefix = prefix;
            configure?.Invoke(options);
        });
    }

    private static async Task AppendAsync(RedisSessionLog log, SessionKey session, bool? openWork = null)
    {
        var opening = await log.OpenAsync(session, "ann");
        Assert.Equal(AppendOutcome.Committed, await log.AppendAsync(session, opening!.Token, opening.Header.Head,
            [Entry(opening.Header.Head + 1)], openWork is null ? null : new(OpenWork: openWork)));
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var timeout = new CancellationTokenSource(Waits.Long);
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await holds()) await looks.WaitForNextTickAsync(timeout.Token);
    }

    private static IEnumerable<string> Names(IEnumerable<SessionKey> sessions) =>
        sessions.Select(session => session.Session).Order(StringComparer.Ordinal);

    private static LogEntry Entry(long seq) => new(new(seq, "tool.output", "x1", Encoding.UTF8.GetBytes("{}")), default);

    private sealed class Probe(Func<Task> start) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => start();

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
