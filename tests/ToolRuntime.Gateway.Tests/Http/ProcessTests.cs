using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text.Json;
using ToolRuntime.Gateway.Tests.Security;

namespace ToolRuntime.Gateway.Tests.Http;

/// <summary><c>/v1/processes</c> and <c>processes.watch</c>, on the whole server and with real processes.</summary>
public sealed class ProcessTests
{
    private const string Sleeper = """{"session":"work","tool":"shell","arguments":{"command":"exec sleep 4000"},"mode":"async"}""";

    private static readonly TestKey Ann = new("ann1", "acme", "ann");
    private static readonly TestKey Bob = new("bob1", "acme", "bob");
    private static readonly TestKey Chief = new("chief1", "acme", "chief") { Scopes = ["sessions:read", "sessions:all"] };
    private static readonly TestKey Other = new("other1", "else", "ann") { Scopes = ["sessions:read", "sessions:write", "sessions:all"] };
    private static readonly TestKey Host = new("host1", "else", "op") { Scopes = ["sessions:read", "sessions:write", "host:processes"] };

    private static readonly TestKey All = new("all1", "ops", "op") { Scopes = ["sessions:read", "sessions:write", "tools:run", "host:processes"] };

    private static (string, object)[] Settings => TestKey.Settings(Ann, Bob, Chief, Other, Host, All);

    [Fact]
    public async Task List_ProcessOfATool_IsSeenByWhomItsSessionIsAndByNoOtherTenant()
    {
        await using var world = await RealWorld.StartAsync(settings: Settings);
        await StartAsync(world);

        var own = await FindAsync(world, Ann, "");

        Assert.Equal(("work", "shell", "sleeping"), (Text(own, "session"), Text(own, "tool"), Text(own, "state")));
        Assert.Equal("sleep 4000", Text(own, "command"));
        Assert.False(own.TryGetProperty("tenant", out _));
        Assert.True(own.GetProperty("memoryBytes").GetInt64() > 0);
        Assert.Equal(1, own.GetProperty("threads").GetInt32());
        Assert.StartsWith("exe", Text(own, "executionId"), StringComparison.Ordinal);
        Assert.Equal(Text(own, "id"), Text(await FindAsync(world, Chief, ""), "id"));
        Assert.Empty(await ListAsync(world, Bob, ""));
        Assert.Empty(await ListAsync(world, Other, ""));
        Assert.Empty(await ListAsync(world, Host, ""));
        Assert.Empty(await ListAsync(world, Ann, "?session=elsewhere"));
    }

    [Fact]
    public async Task List_OfTheHost_NeedsTheScopeAndHasAllWithWhoseTheyAre()
    {
        await using var world = await RealWorld.StartAsync(settings: Settings);
        await StartAsync(world);

        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(world, Chief, "?host=true")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync(world, Host, "?host=perhaps")).Status);
        var tool = await FindAsync(world, Host, "?host=true");
        var server = (await ListAsync(world, Host, "?host=true")).Single(process => process.TryGetProperty("server", out _));
        Assert.Equal(("acme", "work"), (Text(tool, "tenant"), Text(tool, "session")));
        Assert.Equal(Environment.ProcessId, server.GetProperty("pid").GetInt32());
        Assert.Contains(world.Address.Port, server.GetProperty("ports").EnumerateArray().Select(port => port.GetInt32()));
        Assert.True(server.GetProperty("openFiles").GetInt32() > 0);
        Assert.True(server.GetProperty("writtenBytes").GetInt64() > 0);
    }

    [Fact]
    public async Task MayRestart_IsToldOnlyToWhoMayRunToolsInTheSession()
    {
        await using var world = await RealWorld.StartAsync(settings: Settings);
        await StartAsync(world);

        Assert.True((await FindAsync(world, Ann, "")).GetProperty("mayRestart").GetBoolean());
        Assert.False((await FindAsync(world, Chief, "")).TryGetProperty("mayRestart", out _)); // reads all, runs nothing
        Assert.False((await FindAsync(world, All, "?host=true")).TryGetProperty("mayRestart", out _)); // runs tools, in another tenant
        Assert.DoesNotContain(await ListAsync(world, All, "?host=true"), process => process.TryGetProperty("mayRestart", out _));
        await using var client = await ConnectAsync(world, Ann);
        await client.AskAsync("processes.watch");
        var told = await client.NextAsync("processes");
        Assert.Contains(told.GetProperty("processes").EnumerateArray(), process => process.TryGetProperty("mayRestart", out var may) && may.GetBoolean());
    }

    [Fact]
    public async Task Welcome_HasTheScopesOfTheKey()
    {
        await using var world = await RealWorld.StartAsync(settings: Settings);
        await using var chief = await ConnectAsync(world, Chief);
        await using var ann = await ConnectAsync(world, Ann);

        Assert.Equal(["sessions:read", "sessions:all"], chief.Welcome.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()));
        Assert.Contains("tools:run", ann.Welcome.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()));
    }

    [Fact]
    public async Task List_RunOfANamedProcess_HasItsName()
    {
        await using var world = await RealWorld.StartAsync(settings: Settings);
        await using var client = await ConnectAsync(world, Ann);
        await client.OpenAsync("work");

        const string Put = """ "session":"work","name":"web","process":{"command":"exec sleep 4000"},"start":true """;
        Assert.Equal("ack", Text(await client.AskAsync("process.put", Put), "type"));

        var run = await FindAsync(world, Ann, "");
        Assert.Equal(("named_process", "web"), (Text(run, "tool"), Text(run, "named")));
    }

    [Fact]
    public async Task Signal_OwnProcess_EndsIt()
    {
        await using var world = await RealWorld.StartAsync(settings: Settings);
        await StartAsync(world);
        var id = Text(await FindAsync(world, Ann, ""), "id");

        Assert.Equal(HttpStatusCode.NotFound, (await SignalAsync(world, Bob, id)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SignalAsync(world, Other, id)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SignalAsync(world, Ann, id + "1")).Status); // its number, begun at another time
        Assert.Equal(HttpStatusCode.NotFound, (await SignalAsync(world, Ann, "nonsense")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SignalAsync(world, Ann, id, "SIGSEGV")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await SignalAsync(world, Chief, id)).Status);
        Assert.Equal(HttpStatusCode.OK, (await SignalAsync(world, Ann, id)).Status);
        await WireAssert.EventuallyAsync(async () => (await ListAsync(world, Ann, "")).Count == 0);
    }

    [Fact]
    public async Task Signal_ServerOrFirstProcess_IsRefused()
    {
        await using var world = await RealWorld.StartAsync(settings: Settings);
        await StartAsync(world);
        await FindAsync(world, Host, "?host=true");
        var all = await ListAsync(world, Host, "?host=true");
        var server = all.Single(process => process.TryGetProperty("server", out _));
        var watchdog = all.First(process => process.GetProperty("parent").GetInt32() == Environment.ProcessId && Text(process, "command").Contains("watchdog", StringComparison.Ordinal));

        foreach (var process in (JsonElement[])[server, watchdog, .. all.Where(process => process.GetProperty("pid").GetInt32() == 1)])
        {
            var (status, body) = await SignalAsync(world, Host, Text(process, "id"), "SIGCONT");
            Assert.Equal((HttpStatusCode.Forbidden, "forbidden"), (status, body.GetProperty("error").GetProperty("code").GetString()));
        }

        var tool = all.Single(process => process.TryGetProperty("session", out var session) && session.GetString() == "work");
        Assert.Equal(HttpStatusCode.OK, (await SignalAsync(world, Host, Text(tool, "id"), "SIGKILL")).Status);
    }

    [Fact]
    public async Task Watch_ProcessComesAndGoes_IsToldOfBoth()
    {
        await using var world = await RealWorld.StartAsync(settings: Settings);
        await using var client = await ConnectAsync(world, Ann);

        var ack = await client.AskAsync("processes.watch", "\"intervalMs\":250");
        Assert.Equal(250, ack.GetProperty("result").GetProperty("intervalMs").GetInt32());
        var first = await client.NextAsync("processes");
        Assert.True(first.GetProperty("reset").GetBoolean());
        Assert.Empty(first.GetProperty("processes").EnumerateArray());

        await StartAsync(world);
        var came = await client.NextAsync(frame => Is(frame, "processes") && frame.GetProperty("processes").EnumerateArray().Any(process => Text(process, "name") == "sleep"));
        var id = Text(came.GetProperty("processes").EnumerateArray().Single(process => Text(process, "name") == "sleep"), "id");
        Assert.Equal(HttpStatusCode.OK, (await SignalAsync(world, Ann, id)).Status);
        await client.NextAsync(frame => Is(frame, "processes") && frame.TryGetProperty("gone", out var gone) && gone.EnumerateArray().Any(one => one.GetString() == id));
        Assert.Equal("ack", Text(await client.AskAsync("processes.unwatch"), "type"));
    }

    [Theory]
    [InlineData("\"host\":true", "forbidden")]
    [InlineData("\"host\":1", "invalid_command")]
    [InlineData("\"intervalMs\":249", "invalid_command")]
    [InlineData("\"intervalMs\":60001", "invalid_command")]
    public async Task Watch_WhatMayNotBe_IsRefused(string fields, string code)
    {
        await using var world = await RealWorld.StartAsync(settings: Settings);
        await using var client = await ConnectAsync(world, Ann);

        var answer = await client.AskAsync("processes.watch", fields);

        Assert.Equal(code, answer.GetProperty("error").GetProperty("code").GetString());
    }

    [Fact]
    public async Task Stream_OfTheHost_BeginsWithAll()
    {
        await using var world = await RealWorld.StartAsync(settings: Settings);
        using var http = Http(world, Host);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/processes?host=true&intervalMs=250");
        request.Headers.Accept.Add(new("text/event-stream"));
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        string? line;
        while ((line = await reader.ReadLineAsync()) is not null && !line.StartsWith("data: ", StringComparison.Ordinal))
        {
        }

        var frame = JsonElement.Parse(line!["data: ".Length..]);
        Assert.True(frame.GetProperty("reset").GetBoolean());
        Assert.Contains(frame.GetProperty("processes").EnumerateArray(), process => process.TryGetProperty("server", out _));
    }

    [Fact]
    public async Task Attach_WithoutTheScope_IsRefusedByWhateverName()
    {
        await using var world = await RealWorld.StartAsync(settings: [.. Settings, ("Aliases:Names:follow:Tool", "attach")]);
        await using var client = await ConnectAsync(world, Ann);
        await client.OpenAsync("work");

        foreach (var tool in (string[])["attach", "follow"])
        {
            var answer = await client.AskAsync("tools.run", "\"session\":\"work\",\"calls\":[{\"tool\":\"" + tool + "\",\"arguments\":{\"pid\":2}}]");
            Assert.Equal("forbidden", answer.GetProperty("error").GetProperty("code").GetString());
            Assert.Contains("host:processes", answer.GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Attach_ByAModel_IsNotAllowedWhoeverAsksIt()
    {
        await using var world = await RealWorld.StartAsync(settings: Settings);
        await using var client = await ConnectAsync(world, All);
        await client.OpenAsync("work");

        await client.AskAsync("message.send", "\"session\":\"work\",\"text\":\"/attach {\\\"pid\\\":2}\"");

        var failed = await client.NextAsync(frame => Is(frame, "events") && frame.GetRawText().Contains("\"tool.failed\"", StringComparison.Ordinal));
        Assert.Contains("tool_not_allowed", failed.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attach_WithTheScope_ShowsWhatTheProcessTakesAndLeavesItAtACancel()
    {
        await using var world = await RealWorld.StartAsync(settings: Settings);
        await StartAsync(world);
        var pid = (await FindAsync(world, Host, "?host=true")).GetProperty("pid").GetInt32();
        await using var client = await ConnectAsync(world, All);
        await client.OpenAsync("watching");

        var run = await client.AskAsync("tools.run", "\"session\":\"watching\",\"calls\":[{\"tool\":\"attach\",\"arguments\":{\"pid\":" + pid.ToString(CultureInfo.InvariantCulture) + ",\"output\":\"none\"}}]");
        var batch = run.GetProperty("result").GetProperty("batchId").GetString();
        await client.NextAsync(frame => Is(frame, "events") && frame.GetRawText().Contains("\"attached\"", StringComparison.Ordinal));
        Assert.Equal("ack", Text(await client.AskAsync("batch.cancel", $"\"session\":\"watching\",\"batchId\":\"{batch}\""), "type"));

        await client.NextAsync(frame => Is(frame, "events") && frame.GetRawText().Contains("\"tool.cancelled\"", StringComparison.Ordinal));
        Assert.Equal(pid, (await FindAsync(world, Ann, "")).GetProperty("pid").GetInt32());
    }

    private static bool Is(JsonElement frame, string type) => Text(frame, "type") == type;

    private static async Task StartAsync(RealWorld world)
    {
        using var http = Http(world, Ann);
        using var request = HttpCaller.Post("/v1/tools/execute", Sleeper);
        using var response = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
    }

    private static async Task<JsonElement> FindAsync(RealWorld world, TestKey key, string query)
    {
        JsonElement? found = null;
        await WireAssert.EventuallyAsync(async () => (found = (await ListAsync(world, key, query)).Cast<JsonElement?>().FirstOrDefault(process =>
            Text(process!.Value, "name") == "sleep" && Text(process.Value, "command") == "sleep 4000" && process.Value.TryGetProperty("session", out _))) is not null);
        return found!.Value;
    }

    private static async Task<List<JsonElement>> ListAsync(RealWorld world, TestKey key, string query)
    {
        var (status, body) = await GetAsync(world, key, query);
        Assert.Equal(HttpStatusCode.OK, status);
        return [.. body.GetProperty("processes").EnumerateArray()];
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(RealWorld world, TestKey key, string query)
    {
        using var http = Http(world, key);
        using var response = await http.GetAsync(new Uri($"/v1/processes{query}", UriKind.Relative));
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> SignalAsync(RealWorld world, TestKey key, string id, string signal = "SIGTERM")
    {
        using var http = Http(world, key);
        using var request = HttpCaller.Post($"/v1/processes/{id}/signal", $$"""{"signal":"{{signal}}"}""");
        using var response = await http.SendAsync(request);
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }

    private static async Task<WireClient> ConnectAsync(RealWorld world, TestKey key)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("toolruntime.v1");
        socket.Options.SetRequestHeader("Authorization", $"Bearer {key.Token}");
        return (await WireClient.TryConnectAsync(socket, world.WebSocketAddress))!;
    }

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString()!;

    private static HttpClient Http(RealWorld world, TestKey key)
    {
        var http = world.Http();
        http.DefaultRequestHeaders.Authorization = new("Bearer", key.Token);
        return http;
    }
}
