using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace ToolRuntime.Gateway.Tests.Http;

/// <summary>Named processes on the whole server: by HTTP, by WebSocket, and by a model.</summary>
public sealed class NamedProcessTests
{
    private const string Serve = "echo listening on 1; exec sleep 1000";

    [Fact]
    public async Task Process_ByHttp_IsDefinedStartedStoppedAndRemoved()
    {
        await using var world = await RealWorld.StartAsync();

        await DoneAsync(world, HttpMethod.Put, "web?start=true", Definition("""{"pattern":"listening on \\d"}"""));
        var ready = await UntilAsync(world, "web", "ready");
        await DoneAsync(world, HttpMethod.Post, "web/restart");
        await UntilAsync(world, "web", process => State(process) == "ready" && Run(process) != Run(ready));
        await DoneAsync(world, HttpMethod.Post, "web/stop");
        var stopped = await UntilAsync(world, "web", "stopped");
        var all = (await GetAsync(world, "")).Body.GetProperty("processes");
        await DoneAsync(world, HttpMethod.Delete, "web");

        Assert.True(ready.GetProperty("pid").GetInt32() > 1);
        Assert.Equal(("running", Serve), (ready.GetProperty("desired").GetString(), ready.GetProperty("process").GetProperty("command").GetString()));
        Assert.Equal(("stopped", 143), (stopped.GetProperty("desired").GetString(), stopped.GetProperty("exitCode").GetInt32()));
        Assert.False(stopped.TryGetProperty("pid", out _));
        Assert.Equal(1, all.GetArrayLength());
        Assert.Equal((HttpStatusCode.NotFound, "not_found"), await RefusedAsync(world, HttpMethod.Get, "web"));
    }

    [Fact]
    public async Task Process_ThatIsKilled_IsRunAgainAndSaysHowOften()
    {
        await using var world = await RealWorld.StartAsync();
        await DoneAsync(world, HttpMethod.Put, "web?start=true", """{"command":"exec sleep 1000","restart":{"policy":"on_failure","backoffMs":10}}""");
        var first = await UntilAsync(world, "web", process => process.TryGetProperty("pid", out _));

        System.Diagnostics.Process.GetProcessById(first.GetProperty("pid").GetInt32()).Kill();

        var second = await UntilAsync(world, "web", process => process.TryGetProperty("pid", out _) && Run(process) != Run(first));
        Assert.Equal((1, 137), (second.GetProperty("restarts").GetInt32(), second.GetProperty("exitCode").GetInt32()));
        await DoneAsync(world, HttpMethod.Post, "web/stop");
        await UntilAsync(world, "web", "stopped");
    }

    [Fact]
    public async Task Process_ByWebSocket_TellsItsEventsAndItsOutput()
    {
        await using var world = await RealWorld.StartAsync();
        await using var client = await WireClient.TryConnectAsync(Socket(), world.WebSocketAddress);
        var opened = await client!.OpenAsync("s1");
        Assert.Equal(JsonValueKind.Object, opened.ValueKind);

        WireAssert.Ack(await client.AskAsync("process.put", $$""" "session":"s1","name":"web","process":{{Definition("""{"pattern":"listening"}""")}},"start":true """));
        var (types, states, output) = (new List<string>(), new List<string>(), "");
        while (!states.Contains("ready") || !output.Contains("listening", StringComparison.Ordinal))
        {
            foreach (var happened in (await client.NextAsync("events")).GetProperty("events").EnumerateArray()) Take(happened);
        }

        Assert.Contains("process.defined", types);
        Assert.Equal(["starting", "running", "ready"], states.Distinct());
        WireAssert.Ack(await client.AskAsync("process.stop", """ "session":"s1","name":"web" """));
        while (!states.Contains("stopped"))
        {
            foreach (var happened in (await client.NextAsync("events")).GetProperty("events").EnumerateArray()) Take(happened);
        }

        Assert.Contains("stopping", states);

        void Take(JsonElement happened)
        {
            var type = happened.GetProperty("type").GetString()!;
            types.Add(type);
            if (type == "process.changed") states.Add(State(happened)!);
            if (type == "tool.output") output += happened.GetProperty("text").GetString();
        }
    }

    [Theory]
    [InlineData("""{"command":""}""", 400, "invalid_command")]
    [InlineData("""{"nothing":1}""", 400, "invalid_command")]
    [InlineData("""{"command":"x","dependsOn":[null]}""", 400, "invalid_command")]
    [InlineData("""{"command":"x","dependsOn":[{"name":"web"}]}""", 400, "invalid_command")]
    [InlineData("""{"command":"x","dependsOn":[{"name":"nobody"}]}""", 404, "not_found")]
    [InlineData("""{"command":"x","ready":{"pattern":"("}}""", 400, "invalid_command")]
    [InlineData("[", 400, "invalid_command")]
    public async Task Put_WhatCanNotBe_IsRefused(string body, int status, string code)
    {
        await using var world = await RealWorld.StartAsync();

        Assert.Equal(((HttpStatusCode)status, code), await RefusedAsync(world, HttpMethod.Put, "web", body));
    }

    [Fact]
    public async Task Put_OneMoreThanThereMayBe_IsRefused()
    {
        await using var world = await RealWorld.StartAsync();
        for (var i = 0; i < 32; i++) await DoneAsync(world, HttpMethod.Put, $"p{i}", """{"command":"x"}""");

        Assert.Equal((HttpStatusCode.TooManyRequests, "quota_exceeded"), await RefusedAsync(world, HttpMethod.Put, "one-more", """{"command":"x"}"""));
    }

    [Fact]
    public async Task Model_StartsOneGoesOnAndReadsItsLines()
    {
        await using var world = await RealWorld.StartAsync();

        await RunAsync(world, """{"action":"start","name":"web","command":"seq 1 5; exec sleep 1000","readyPattern":"^5$"}""");
        await UntilAsync(world, "web", "ready");
        var status = await RunAsync(world, """{"action":"status","name":"web"}""");
        var logs = await RunAsync(world, """{"action":"logs","name":"web","lines":2}""");
        await RunAsync(world, """{"action":"stop","name":"web"}""");
        await UntilAsync(world, "web", "stopped");
        var unknown = await RunAsync(world, """{"action":"status","name":"nobody"}""");

        Assert.Equal("ready", status.GetProperty("result").GetProperty("state").GetString());
        Assert.Equal("4\n5\n", logs.GetProperty("result").GetProperty("stdout").GetString());
        Assert.Equal("not_found", unknown.GetProperty("error").GetProperty("code").GetString());
    }

    private static string Definition(string ready) => $$"""{"command":"{{Serve}}","ready":{{ready}}}""";

    private static string? State(JsonElement process) => process.GetProperty("state").GetString();

    private static string? Run(JsonElement process) => process.GetProperty("run").GetString();

    private static ClientWebSocket Socket()
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("toolruntime.v1");
        return socket;
    }

    private static async Task<JsonElement> RunAsync(RealWorld world, string arguments)
    {
        using var http = world.Http();
        using var content = new StringContent($$"""{"tool":"process","arguments":{{arguments}},"session":"s1"}""", Encoding.UTF8, "application/json");
        return await (await http.PostAsync(new Uri("/v1/tools/execute", UriKind.Relative), content)).Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(RealWorld world, HttpMethod method, string path, string? body = null)
    {
        using var http = world.Http();
        using var request = new HttpRequestMessage(method, $"/v1/sessions/s1/named-processes{(path.Length > 0 ? "/" : "")}{path}");
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    private static Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(RealWorld world, string path) => SendAsync(world, HttpMethod.Get, path);

    private static async Task DoneAsync(RealWorld world, HttpMethod method, string path, string? body = null)
    {
        var (status, answer) = await SendAsync(world, method, path, body);
        Assert.True(status == HttpStatusCode.OK, answer.ToString());
        Assert.True(answer.GetProperty("seq").GetInt64() > 0);
    }

    private static async Task<(HttpStatusCode, string?)> RefusedAsync(RealWorld world, HttpMethod method, string path, string? body = null)
    {
        var (status, answer) = await SendAsync(world, method, path, body);
        return (status, answer.GetProperty("error").GetProperty("code").GetString());
    }

    private static Task<JsonElement> UntilAsync(RealWorld world, string name, string state) => UntilAsync(world, name, process => State(process) == state);

    private static async Task<JsonElement> UntilAsync(RealWorld world, string name, Func<JsonElement, bool> holds)
    {
        using var patience = new CancellationTokenSource(World.Patience);
        while (true)
        {
            var (status, process) = await GetAsync(world, name);
            if (status == HttpStatusCode.OK && holds(process)) return process;
            Assert.False(patience.IsCancellationRequested, process.ToString());
        }
    }
}
