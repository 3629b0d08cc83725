using System.Text.Json;
using ToolRuntime.Cluster.Tests.Support;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.Cluster.Tests;

/// <summary>Two silos and two gateways over a real Redis show the same sessions, whichever process is there.</summary>
public sealed class TwoGatewaysTests
{
    /// <summary>So many that hardly ever one of two silos has none.</summary>
    private const int Sessions = 12;

    /// <summary>The lease of a dead silo's processes, and a little.</summary>
    private const int LongestDelayMs = 2_000;

    [Fact]
    public async Task Batch_RunOverOneGateway_IsSeenOnBothWithoutAGap()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var one = await cluster.ConnectAsync(0);
        await using var other = await cluster.ConnectAsync(1);
        var (mine, theirs) = (await one.OpenAsync("shared"), await other.OpenAsync("shared"));
        var processes = new MarkedProcesses();

        await one.SendAsync(Command.RunTools("shared", Printing(processes, 20), Printing(processes, 20), new("computer", [])));
        await mine.IdleAsync(1);
        await theirs.UntilAsync(() => theirs.Cursor >= mine.Cursor, "the other gateway's client has all");
        var sent = await other.SendAsync(Command.SendMessage("shared", Printing(processes, 3).Directive));
        var states = await mine.ReplyEndedAsync(sent.GetProperty("replyId").GetString()!);
        await theirs.UntilAsync(() => theirs.Cursor >= mine.Cursor, "the other gateway's client has all");

        Assert.Equal("completed", states[^1]);
        mine.SameAs(theirs);
        mine.Verify();
        theirs.Verify();
    }

    [Fact]
    public async Task Gateways_OfACluster_KnowEachOther()
    {
        await using var cluster = await TestCluster.StartAsync();
        var urls = new HashSet<string>();
        foreach (var gateway in cluster.Gateways) urls.Add((await gateway.Listening).GetLeftPart(UriPartial.Authority));

        await UntilAsync(async () => (await WelcomedAsync(0)).SetEquals(urls) && (await WelcomedAsync(1)).SetEquals(urls));
        Assert.Equal(0, await cluster.Gateways[1].StopAsync());
        urls.Remove((await cluster.Gateways[1].Listening).GetLeftPart(UriPartial.Authority));
        await UntilAsync(async () => (await WelcomedAsync(0)).SetEquals(urls));

        async Task<HashSet<string>> WelcomedAsync(int gateway)
        {
            await using var client = await cluster.ConnectAsync(gateway);
            return client.Welcome.TryGetProperty("gateways", out var named) ? [.. named.EnumerateArray().Select(url => url.GetString()!)] : [];
        }
    }

    [Fact]
    public async Task GatewayKilled_ItsClientGoesOnAtTheOtherByItsCursor()
    {
        await using var cluster = await TestCluster.StartAsync();
        var processes = new MarkedProcesses();
        var record = new SessionRecord("moved");
        await using (var client = await cluster.ConnectAsync(0))
        {
            await client.OpenAsync(record);
            await client.SendAsync(Command.RunTools("moved", Printing(processes, 40), Printing(processes, 40)));
            await record.FirstAsync(e => e.Type == "tool.output", "a command prints");
            await cluster.Gateways[0].KillAsync();
            Assert.Null(await client.Closed);
        }

        await using var next = await cluster.ConnectAsync(1);
        await next.OpenAsync(record);
        await record.IdleAsync(1);

        record.SameAs(await WholeAsync(next, record));
        Assert.Equal(2, record.Events.Count(e => e.Type == "tool.completed"));
    }

    [Fact]
    public async Task SiloKilled_EveryBatchEndsAndNothingIsLostOrRepeated()
    {
        await using var cluster = await TestCluster.StartAsync();
        var processes = new MarkedProcesses();
        using var held = new HeldCommands();
        await using var client = await cluster.ConnectAsync(0);
        var records = await OpenAsync(client, held.Command(processes, idempotent: true));

        var deadAt = DateTimeOffset.UtcNow;
        await cluster.Silos[0].KillAsync();
        held.LetGo();
        foreach (var record in records) await record.IdleAsync(1);

        Assert.True(records.Sum(record => CrashCheck.Verify(record, [deadAt], LongestDelayMs)) > 0, "The silo that was killed held nothing; this run shows nothing.");
        Assert.All(records, record => Assert.Contains(record.Events, e => e.Type == "batch.completed"));
        foreach (var record in records) record.SameAs(await WholeAsync(client, record));
        await processes.NoneLeftAsync();
    }

    [Fact]
    public async Task SiloStopped_EndsWellAndEveryBatchGoesOn()
    {
        // Long enough for what prints on a busy machine: what has ended by then is what this is about.
        await using var cluster = await TestCluster.StartAsync("--ToolRuntime:Runners:GraceSeconds", "300");
        var processes = new MarkedProcesses();
        await using var client = await cluster.ConnectAsync(1);
        var records = await OpenAsync(client, Printing(processes, 30));

        Assert.Equal(0, await cluster.Silos[1].StopAsync());
        foreach (var record in records) await record.IdleAsync(1);

        Assert.All(records, record => Assert.Single(record.Events, e => e.Type == "batch.completed"));
        Assert.All(records, record => Assert.DoesNotContain(record.Events, e => e.Type == "tool.failed"));
        await processes.NoneLeftAsync();
    }

    [Fact]
    public async Task GatewayStopped_TellsItsClientsAndEndsWell()
    {
        await using var cluster = await TestCluster.StartAsync();
        await using var client = await cluster.ConnectAsync(0);
        var record = await client.OpenAsync("told");

        Assert.Equal(0, await cluster.Gateways[0].StopAsync());

        Assert.True((await client.Closing).TryGetProperty("reconnectAfterMs", out _));
        Assert.Equal(4000, await client.Closed);
        await using var next = await cluster.ConnectAsync(1);
        await next.OpenAsync(record);
        await next.SendAsync(Command.RunTools("told", new ToolUse("computer", [])));
        await record.IdleAsync(1);
    }

    [Fact]
    public async Task SubscriptionsCutOff_ClientsMissNothing()
    {
        await using var cluster = await TestCluster.StartAsync([], ["--ToolRuntime:Feeds:BusyCheckMs", "600000", "--ToolRuntime:Feeds:IdleCheckMs", "3600000"]);
        await using var client = await cluster.ConnectAsync(0);
        var processes = new MarkedProcesses();
        var record = await client.OpenAsync("cut");
        await client.SendAsync(Command.RunTools("cut", Printing(processes, 40)));

        for (var cut = 1; cut <= 3; cut++)
        {
            var from = record.Cursor;
            await record.FirstAsync(e => e.Type == "tool.output", "it prints on", from);
            Assert.NotEqual("0", (await cluster.RedisAsync("CLIENT", "KILL", "TYPE", "pubsub")).Trim());
        }

        await record.IdleAsync(1); // the watch for silence would come much later
        record.SameAs(await WholeAsync(client, record));
    }

    [Fact]
    public async Task Tools_AreListedByEveryGateway()
    {
        await using var cluster = await TestCluster.StartAsync();
        foreach (var gateway in cluster.Gateways)
        {
            using var http = new HttpClient { BaseAddress = await gateway.Listening, Timeout = Limits.Timeout };
            var tools = JsonElement.Parse(await http.GetStringAsync(new Uri("/v1/tools", UriKind.Relative))).GetProperty("tools");
            Assert.Contains(tools.EnumerateArray(), tool => tool.GetProperty("name").GetString() == "shell");
            Assert.Equal("ready", JsonElement.Parse(await http.GetStringAsync(new Uri("/readyz", UriKind.Relative))).GetProperty("status").GetString());
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(Limits.Timeout);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!await holds()) await timer.WaitForNextTickAsync(limit.Token);
    }

    /// <summary>Sessions enough that each silo has some, each with commands that run.</summary>
    private static async Task<List<SessionRecord>> OpenAsync(ProtocolClient client, ToolUse command)
    {
        var records = new List<SessionRecord>();
        for (var i = 0; i < Sessions; i++)
        {
            var record = await client.OpenAsync($"work-{i}");
            records.Add(record);
            await client.SendAsync(Command.RunTools(record.Session, command, command));
        }

        foreach (var record in records) await record.FirstAsync(e => e.Type == "tool.output", "a command prints");
        return records;
    }

    private static ToolUse Printing(MarkedProcesses processes, int lines) => ToolUse.Shell(processes, $"for i in $(seq {lines}); do echo line $i; sleep 0.1; done", idempotent: false);

    /// <summary>The same session from its first event, as the log has it.</summary>
    private static async Task<SessionRecord> WholeAsync(ProtocolClient client, SessionRecord record)
    {
        await client.SendAsync(Command.Of("session.close", record.Session));
        var whole = await client.OpenAsync(record.Session);
        await whole.UntilAsync(() => whole.Cursor >= record.Cursor, "all of the log");
        whole.Verify();
        return whole;
    }
}
