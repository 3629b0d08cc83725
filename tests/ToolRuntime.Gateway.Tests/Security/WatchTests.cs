using System.Text.Json;

namespace ToolRuntime.Gateway.Tests.Security;

/// <summary><c>sessions.watch</c> on the whole server.</summary>
public class WatchTests
{
    private static readonly TestKey Ann = TestKey.Ann;
    private static readonly TestKey Mia = new("mia1", "acme", "mia");
    private static readonly TestKey Root = new("root1", "acme", "root") { Scopes = ["sessions:read", "sessions:all"] };
    private static readonly TestKey Meter = new("meter1", "acme", "max") { Scopes = ["sessions:read", "metrics:read"] };
    private static readonly TestKey Foreign = new("ann2", "else", "ann");

    [Fact]
    public async Task Watch_TellsWhatThereIsAndWhatChanges()
    {
        await using var server = await TenantServer.StartAsync(TestKey.Settings(Ann));
        await using var client = (await server.ConnectAsync(Ann))!;
        await server.ExecuteAsync(Ann, "before");
        Assert.False(WireAssert.Ack(await client.AskAsync("sessions.watch")).GetProperty("recovered").GetBoolean());

        var first = await client.NextAsync("sessions");
        Assert.True(first.GetProperty("reset").GetBoolean());
        Assert.Equal(("before", "idle"), Of(first.GetProperty("sessions")[0]));
        await client.AskAsync("session.configure", "\"session\":\"s\",\"parameters\":{\"approvalRequired\":[\"shell\"]}");
        var ran = WireAssert.Ack(await client.AskAsync("tools.run", "\"session\":\"s\",\"calls\":[{\"tool\":\"shell\",\"arguments\":{\"command\":\"sleep 100\"}}]"));
        var waiting = await UntilAsync(client, "s", "waiting_for_approval");
        Assert.Equal(1, waiting.GetProperty("waiting").GetInt32());
        var execution = waiting.GetProperty("executions")[0];
        Assert.Equal(("shell", "awaiting_approval"), (execution.GetProperty("name").GetString(), execution.GetProperty("state").GetString()));
        await client.AskAsync("tool.approve", $"\"session\":\"s\",\"executionId\":\"{execution.GetProperty("executionId").GetString()}\"");
        Assert.Equal(1, (await UntilAsync(client, "s", "tools_running")).GetProperty("running").GetInt32());
        await client.AskAsync("session.rename", "\"session\":\"s\",\"title\":\"mine\"");
        await client.AskAsync("batch.cancel", $"\"session\":\"s\",\"batchId\":\"{ran.GetProperty("batchId").GetString()}\"");
        Assert.Equal("mine", (await UntilAsync(client, "s", "idle")).GetProperty("title").GetString());
        await client.AskAsync("session.delete", "\"session\":\"s\"");
        await GoneAsync(client, "s");
    }

    [Fact]
    public async Task Watch_OfEach_HasWhatHeMayRead()
    {
        await using var server = await TenantServer.StartAsync(TestKey.Settings(Ann, Mia, Root, Foreign));
        await using var ann = (await server.ConnectAsync(Ann))!;
        await using var mia = (await server.ConnectAsync(Mia))!;
        await using var root = (await server.ConnectAsync(Root))!;
        await using var foreign = (await server.ConnectAsync(Foreign))!;
        await server.ExecuteAsync(Ann, "old");
        foreach (var client in (WireClient[])[ann, mia, root, foreign]) WireAssert.Ack(await client.AskAsync("sessions.watch"));
        Assert.Equal(["old"], Ids(await ann.NextAsync("sessions")));
        Assert.Empty(Ids(await mia.NextAsync("sessions")));
        Assert.Equal(["old"], Ids(await root.NextAsync("sessions")));
        Assert.Empty(Ids(await foreign.NextAsync("sessions")));

        await server.ExecuteAsync(Ann, "new");
        await UntilAsync(root, "new", "idle");
        await ann.AskAsync("session.share", "\"session\":\"old\",\"subjects\":[\"mia\"]");
        Assert.Equal(["old"], Ids(await mia.NextAsync("sessions"))); // of the other one she has heard nothing
        await ann.AskAsync("session.share", "\"session\":\"old\",\"subjects\":[]");
        await GoneAsync(mia, "old");
        await server.ExecuteAsync(Foreign, "theirs");

        Assert.Equal(["theirs"], Ids(await foreign.NextAsync("sessions")));
        await ann.AskAsync("session.rename", "\"session\":\"new\",\"title\":\"last\"");
        while (await root.NextAsync("sessions") is var frame && !frame.GetRawText().Contains("last", StringComparison.Ordinal)) Assert.DoesNotContain("theirs", frame.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_WithMetricsRead_IsToldThatSomethingChangedAndNotWhat()
    {
        await using var server = await TenantServer.StartAsync(TestKey.Settings(Ann, Meter));
        await using var meter = (await server.ConnectAsync(Meter))!;
        WireAssert.Ack(await meter.AskAsync("sessions.watch"));
        var first = await meter.NextAsync("sessions");
        await server.ExecuteAsync(Ann, "secret");

        var told = await meter.NextAsync("sessions");
        Assert.Empty(Ids(told));
        Assert.NotEqual(first.GetProperty("cursor").GetString(), told.GetProperty("cursor").GetString());
        Assert.DoesNotContain("secret", told.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_AfterAReconnect_HasOnlyWhatChanged()
    {
        await using var server = await TenantServer.StartAsync(TestKey.Settings(Ann, Mia));
        await server.ExecuteAsync(Ann, "quiet");
        await server.ExecuteAsync(Ann, "busy");
        string cursor;
        await using (var first = (await server.ConnectAsync(Ann))!)
        {
            await first.AskAsync("sessions.watch");
            // What is told late of each comes with its new title, and nothing after it.
            await first.AskAsync("session.rename", "\"session\":\"quiet\",\"title\":\"settled\"");
            await TitledAsync(first, "settled");
            await first.AskAsync("session.rename", "\"session\":\"busy\",\"title\":\"settling\"");
            cursor = (await TitledAsync(first, "settling")).GetProperty("cursor").GetString()!;
        }

        await using var other = (await server.ConnectAsync(Ann))!;
        await other.AskAsync("session.rename", "\"session\":\"busy\",\"title\":\"changed\"");
        await using var again = (await server.ConnectAsync(Ann))!;
        Assert.True(WireAssert.Ack(await again.AskAsync("sessions.watch", $"\"after\":\"{cursor}\"")).GetProperty("recovered").GetBoolean());

        var changed = await TitledAsync(again, "changed");
        Assert.False(changed.TryGetProperty("reset", out _));
        Assert.Equal(["busy"], Ids(changed));
        await using var mia = (await server.ConnectAsync(Mia))!;
        foreach (var lost in (string[])[cursor, "nonsense", "a:b:c", ""])
        {
            Assert.False(WireAssert.Ack(await mia.AskAsync("sessions.watch", $"\"after\":\"{lost}\"")).GetProperty("recovered").GetBoolean());
            Assert.Empty(Ids(await mia.NextAsync("sessions")));
        }
    }

    [Fact]
    public async Task Watch_OfManySessions_ComesInPages()
    {
        await using var server = await TenantServer.StartAsync(TestKey.Settings(Ann));
        await using var client = (await server.ConnectAsync(Ann))!;
        for (var i = 0; i < 120; i++) WireAssert.Ack(await client.AskAsync("session.configure", $"\"session\":\"s{i}\",\"parameters\":{{\"a\":1}}"));
        await client.AskAsync("sessions.watch", "\"limit\":110");

        var (one, two) = (await client.NextAsync("sessions"), await client.NextAsync("sessions"));

        Assert.Equal((true, true, false), (one.GetProperty("reset").GetBoolean(), one.GetProperty("more").GetBoolean(), one.TryGetProperty("cursor", out _)));
        Assert.Equal((false, false, true, true), (two.TryGetProperty("reset", out _), two.TryGetProperty("more", out _), two.TryGetProperty("cursor", out _), two.TryGetProperty("next", out _)));
        Assert.Equal((100, 10), (Ids(one).Length, Ids(two).Length));
        Assert.Equal(110, Ids(one).Concat(Ids(two)).Distinct().Count());
    }

    [Fact]
    public async Task Unwatch_EndsIt()
    {
        await using var server = await TenantServer.StartAsync(TestKey.Settings(Ann));
        await using var client = (await server.ConnectAsync(Ann))!;
        await using var other = (await server.ConnectAsync(Ann))!;
        foreach (var watching in (WireClient[])[client, other])
        {
            await watching.AskAsync("sessions.watch");
            await watching.NextAsync("sessions");
        }

        WireAssert.Ack(await client.AskAsync("sessions.unwatch"));
        await server.ExecuteAsync(Ann, "s");
        await UntilAsync(other, "s", "idle");

        Assert.Equal("ack", (await client.AskAsync("ping")).GetProperty("type").GetString());
        WireAssert.Error(await client.AskAsync("sessions.watch", "\"limit\":0"), "invalid_command");
        Assert.Equal("ack", await TypeAsync(client));

        static async Task<string?> TypeAsync(WireClient client)
        {
            await client.SendAsync("""{"id":"end","type":"ping"}""");
            return (await client.NextAsync()).GetProperty("type").GetString();
        }
    }

    [Fact]
    public async Task List_AsAStream_TellsTheSame()
    {
        await using var server = await TenantServer.StartAsync(TestKey.Settings(Ann));
        await server.ExecuteAsync(Ann, "before");
        using var http = server.Http(Ann);
        http.DefaultRequestHeaders.Accept.Add(new("text/event-stream"));
        using var reader = new StreamReader(await http.GetStreamAsync(new Uri("/v1/sessions", UriKind.Relative)));

        Assert.Contains("\"reset\":true", await NoticeTests.LineAsync(reader, "before"), StringComparison.Ordinal);
        await server.ExecuteAsync(Ann, "later");
        Assert.StartsWith("data: {\"type\":\"sessions\"", await NoticeTests.LineAsync(reader, "later"), StringComparison.Ordinal);
    }

    private static string[] Ids(JsonElement frame) => [.. frame.GetProperty("sessions").EnumerateArray().Select(session => session.GetProperty("session").GetString()!)];

    private static (string? Id, string? State) Of(JsonElement session) => (session.GetProperty("session").GetString(), session.GetProperty("state").GetString());

    private static async Task<JsonElement> UntilAsync(WireClient client, string session, string state)
    {
        while (true)
        {
            var found = (await client.NextAsync("sessions")).GetProperty("sessions").EnumerateArray().FirstOrDefault(one => Of(one) == (session, state));
            if (found.ValueKind != JsonValueKind.Undefined) return found;
        }
    }

    private static Task<JsonElement> TitledAsync(WireClient client, string title) =>
        client.NextAsync(frame => frame.GetProperty("type").GetString() == "sessions" && frame.GetRawText().Contains($"\"{title}\"", StringComparison.Ordinal));

    private static async Task GoneAsync(WireClient client, string session)
    {
        while (!(await client.NextAsync("sessions")).TryGetProperty("gone", out var gone) || gone.EnumerateArray().All(id => id.GetString() != session))
        {
        }
    }
}
