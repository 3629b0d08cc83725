using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using ToolRuntime.Cluster.Tests.Support;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.Cluster.Tests;

/// <summary>What a key may use holds over all gateways and silos, and nothing goes uncounted while Redis does not answer.</summary>
public sealed class SharedLimitsTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Limits_OfAKey_HoldOverAllGatewaysAndSilos()
    {
        await using var cluster = await TestCluster.StartAsync(
            ["--ToolRuntime:Redis:Limits:LeaseMs", $"{Lease.TotalMilliseconds}"],
            [.. Limit("Connections", 3), .. Limit("OpenSessions", 4), .. Limit("Executions", 2), .. Limit("CommandsPerSecond", 1), .. Limit("CommandBurst", 60)]);
        await using var one = await cluster.ConnectAsync(0);
        await using var other = await cluster.ConnectAsync(1);

        // Connections, also of a gateway that dies.
        await using (await cluster.ConnectAsync(1))
        {
            Assert.Equal(4029, await RefusedAsync(cluster, 0));
            Assert.Equal(4029, await RefusedAsync(cluster, 1));
        }

        await UntilAsync(async () => await RefusedAsync(cluster, 0) is null);

        // Sessions.
        var records = new List<SessionRecord>();
        for (var i = 0; i < 4; i++) records.Add(await (i % 2 == 0 ? one : other).OpenAsync($"s{i}"));
        Assert.Equal("quota_exceeded", await RefusalAsync(one, Command.Of("session.open", "s9")));
        Assert.Equal("quota_exceeded", await RefusalAsync(other, Command.Of("session.open", "s9")));

        // Executions of one subject, whichever silos have its sessions.
        var processes = new MarkedProcesses();
        await one.SendAsync(Command.RunTools("s0", ToolUse.Shell(processes, "sleep 60"), ToolUse.Shell(processes, "sleep 60")));
        await records[0].UntilAsync(() => records[0].Events.Count(e => e.Type == "tool.started") == 2, "both run");
        for (var i = 1; i < 4; i++)
        {
            Assert.Equal("rate_limited", await RefusalAsync(i % 2 == 0 ? one : other, Command.RunTools($"s{i}", ToolUse.Shell(processes, "sleep 60"))));
        }

        var batch = records[0].Events.First(e => e.Type == "batch.started").BatchId!;
        await one.SendAsync(Command.CancelBatch("s0", batch));
        await UntilAsync(async () => await RefusalAsync(other, Command.RunTools("s1", new ToolUse("computer", []))) is null);
        await records[1].IdleAsync(1);
        await processes.NoneLeftAsync();

        // Commands: each gateway by itself would take them all.
        var answers = new List<string?>();
        for (var i = 0; i < 80; i++) answers.Add(await RefusalAsync(i % 2 == 0 ? one : other, Command.Of("ping", "s0")));
        Assert.Contains("rate_limited", answers);

        // What a gateway held that died is free a while later: with it three would be four.
        await cluster.Gateways[1].KillAsync();
        var joined = new List<ClientWebSocket>();
        await UntilAsync(async () =>
        {
            if ((await JoinAsync(cluster, 0)).Socket is { } socket) joined.Add(socket);
            return joined.Count == 2;
        });
        foreach (var socket in joined) socket.Dispose();
    }

    [Fact]
    public async Task RedisHangs_EverythingIsUnavailableAndWorksAfterwards()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var client = await cluster.ConnectAsync(0);
        var record = await client.OpenAsync("hung");
        using var http = new HttpClient { BaseAddress = await cluster.Gateways[1].Listening, Timeout = Limits.Timeout };

        cluster.Redis.Signal("STOP");
        var refused = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => RefusalAsync(client, Command.Of("ping", "hung"))));
        using (var response = await http.GetAsync(new Uri("/v1/sessions", UriKind.Relative)))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.NotNull(response.Headers.RetryAfter);
            Assert.Equal("unavailable", JsonElement.Parse(await response.Content.ReadAsStringAsync()).GetProperty("error").GetProperty("code").GetString());
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await HandshakeAsync(cluster, 1));
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(new Uri("/metrics", UriKind.Relative))).StatusCode);
        cluster.Redis.Signal("CONT");

        Assert.All(refused, code => Assert.Equal("unavailable", code));
        await UntilAsync(async () => await RefusalAsync(client, Command.Of("ping", "hung")) is null);
        await UntilAsync(async () => await RefusalAsync(client, Command.RunTools("hung", new ToolUse("computer", []))) is null);
        await record.IdleAsync(1);
        await UntilAsync(async () => await HandshakeAsync(cluster, 1) == HttpStatusCode.SwitchingProtocols);
        record.Verify();
    }

    [Fact]
    public async Task CacheableTool_RunOnOneSilo_IsAnsweredFromTheCacheOnAnother()
    {
        await using var site = await WebServer.StartAsync();
        await using var cluster = await TestCluster.StartAsync(
            "--ToolRuntime:Web:AllowedHosts:0", new Uri(site.Url("")).Authority, "--ToolRuntime:Redis:Results:TimeoutMs", "10000");
        await using var client = await cluster.ConnectAsync(0);
        var record = await client.OpenAsync("reads");
        var scrape = new ToolUse("web_scrape", new() { ["url"] = site.Url("page") });
        await client.SendAsync(Command.RunTools("reads", scrape));
        await record.IdleAsync(1);

        // A silo that has run nothing yet is the only one.
        await cluster.StartSiloAsync();
        Assert.Equal(0, await cluster.Silos[0].StopAsync());
        Assert.Equal(0, await cluster.Silos[1].StopAsync());
        var before = record.Cursor;
        await client.SendAsync(Command.RunTools("reads", scrape));
        await record.IdleAsync(before + 1);

        var ends = record.Events.Where(e => e.Type == "tool.completed").Select(e => e.Json).ToList();
        Assert.Equal(2, ends.Count);
        Assert.False(ends[0].GetProperty("metrics").TryGetProperty("cached", out _));
        Assert.True(ends[1].GetProperty("metrics").GetProperty("cached").GetBoolean());
        Assert.True(ends[1].GetProperty("metrics").GetProperty("ageMs").GetInt64() > 0);
        Assert.Equal(ends[0].GetProperty("result").GetRawText(), ends[1].GetProperty("result").GetRawText());
        Assert.Equal(["page"], site.Requests);
        record.Verify();

        // What the session erases is not kept beside it.
        Assert.Contains("tool:web_scrape:", await cluster.RedisAsync("KEYS", "*"), StringComparison.Ordinal);
        await client.SendAsync(Command.Of("session.reset", "reads"));
        Assert.DoesNotContain("tool:web_scrape:", await cluster.RedisAsync("KEYS", "*"), StringComparison.Ordinal);
    }

    private static string[] Limit(string name, int value) => [$"--ToolRuntime:Access:Limits:{name}", $"{value}"];

    /// <summary>The code of the error that a command is answered with; null if it is done.</summary>
    private static async Task<string?> RefusalAsync(ProtocolClient client, JsonObject command)
    {
        try
        {
            await client.SendAsync(command);
            return null;
        }
        catch (CommandRefusedException refused)
        {
            return refused.Code;
        }
    }

    /// <summary>The code that a connection is turned away with; null if it is let in, and left then.</summary>
    private static async Task<int?> RefusedAsync(TestCluster cluster, int gateway)
    {
        var (socket, code) = await JoinAsync(cluster, gateway);
        socket?.Dispose();
        return code;
    }

    /// <summary>A connection, or the code that it is turned away with.</summary>
    private static async Task<(ClientWebSocket? Socket, int? Code)> JoinAsync(TestCluster cluster, int gateway)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("toolruntime.v1");
        using var limit = new CancellationTokenSource(Limits.Timeout);
        await socket.ConnectAsync(await AddressAsync(cluster, gateway), limit.Token);
        var first = await socket.ReceiveAsync(new byte[4_096], limit.Token);
        if (first.MessageType != WebSocketMessageType.Close) return (socket, null);
        var code = (int)socket.CloseStatus!;
        socket.Dispose();
        return (null, code);
    }

    /// <summary>What a handshake is answered with.</summary>
    private static async Task<HttpStatusCode> HandshakeAsync(TestCluster cluster, int gateway)
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("toolruntime.v1");
        socket.Options.CollectHttpResponseDetails = true;
        using var limit = new CancellationTokenSource(Limits.Timeout);
        try
        {
            await socket.ConnectAsync(await AddressAsync(cluster, gateway), limit.Token);
        }
        catch (WebSocketException)
        {
            // Told by its status.
        }

        return socket.HttpStatusCode;
    }

    private static async Task<Uri> AddressAsync(TestCluster cluster, int gateway) =>
        new UriBuilder(await cluster.Gateways[gateway].Listening) { Scheme = "ws", Path = "/v1/ws" }.Uri;

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(Limits.Timeout);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await holds()) await timer.WaitForNextTickAsync(limit.Token);
    }
}
