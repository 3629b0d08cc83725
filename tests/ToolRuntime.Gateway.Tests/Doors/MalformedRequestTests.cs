using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace ToolRuntime.Gateway.Tests.Doors;

/// <summary>Requests that no decent client sends are the client's mistake: no error of the server's, none to repeat, and nothing in the log.</summary>
public sealed class MalformedRequestTests : IAsyncLifetime
{
    private const string Commands = "/v1/sessions/s1/commands";
    private const string Configure = """{"type":"session.configure","parameters":{"a":1}}""";

    private World world = null!;

    public async Task InitializeAsync() => world = await World.StartAsync();

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Theory]
    [InlineData("Transfer-Encoding: chunked", "zz\r\n{}\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked", "-1\r\n{}\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked", "ffffffffffffffffff\r\n{}\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked", "2\r\n{}garbage\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked", "\r\n\r\n")]
    [InlineData("Content-Length: -5", "{}")]
    [InlineData("Content-Length: 99999999999999999999999", "{}")]
    [InlineData("Content-Length: many", "{}")]
    [InlineData("Transfer-Encoding: sideways", "{}")]
    public async Task Post_BodyOfNoLengthThatCanBe_IsMalformed(string header, string body)
    {
        foreach (var path in (string[])[Commands, "/v1/sessions/s1/messages", "/v1/tools/execute", "/v1/login"])
        {
            var answer = await RawHttp.SendAsync(world.Address, $"POST {path} HTTP/1.1\r\nContent-Type: application/json\r\n{header}", body);

            Assert.True(answer.Status is 400 or 411 or 501, $"{path} gave {answer}");
            if (answer.Body.Length > 0 && header.Contains("chunked", StringComparison.Ordinal)) Assert.Equal("invalid_frame", answer.Code());
        }

        Assert.Empty(world.Sessions.Arrived);
    }

    [Theory]
    [InlineData("262145")]
    [InlineData("99999999999")]
    [InlineData("9223372036854775807")]
    public async Task Post_HugeContentLength_IsTooLargeAtOnce(string length)
    {
        var answer = await RawHttp.SendAsync(world.Address, $"POST {Commands} HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {length}", "{");

        Assert.Equal((413, "too_large"), (answer.Status, answer.Code()));
    }

    [Fact]
    public async Task Post_ClientLeavesInTheMiddleOfTheBody_IsNoError()
    {
        using (var tcp = new System.Net.Sockets.TcpClient())
        {
            await tcp.ConnectAsync(world.Address.Host, world.Address.Port);
            await tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST {Commands} HTTP/1.1\r\nHost: {world.Address.Authority}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{"));
            tcp.LingerState = new(true, 0);
        }

        Assert.Equal(200, (await RawHttp.PostAsync(world.Address, Commands, Encoding.UTF8.GetBytes(Configure))).Status);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZIP, identity")]
    [InlineData("br")]
    public async Task Post_CompressedBody_IsNotTaken(string coding)
    {
        using var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true)) await gzip.WriteAsync(Encoding.UTF8.GetBytes(Configure));

        var answer = await RawHttp.PostAsync(world.Address, Commands, compressed.ToArray(), $"\r\nContent-Encoding: {coding}");

        Assert.Equal((415, "invalid_command"), (answer.Status, answer.Code()));
        Assert.Contains("Accept-Encoding: identity", answer.Head, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(200, (await RawHttp.PostAsync(world.Address, Commands, Encoding.UTF8.GetBytes(Configure), "\r\nContent-Encoding: identity")).Status);
    }

    [Theory]
    [InlineData("application/json; charset=utf-16", 415)]
    [InlineData("application/json; charset=iso-8859-1", 415)]
    [InlineData("text/json", 415)]
    [InlineData("application/json; charset=\"UTF-8\"", 200)]
    public async Task Post_ContentTypes_OnlyJsonInUtf8IsTaken(string type, int status)
    {
        var answer = await RawHttp.SendAsync(world.Address, $"POST {Commands} HTTP/1.1\r\nContent-Type: {type}\r\nContent-Length: {Configure.Length}", Configure);

        Assert.Equal(status, answer.Status);
        if (status != 200) Assert.Equal("invalid_command", answer.Code());
    }

    [Theory]
    [InlineData("DELETE", "/v1/tools", "GET")]
    [InlineData("PUT", "/v1/sessions", "GET")]
    [InlineData("PATCH", "/v1/sessions/s1/messages", "GET, POST")]
    [InlineData("GET", "/v1/sessions/s1/commands", "POST")]
    [InlineData("GET", "/v1/tools/execute", "POST")]
    [InlineData("DELETE", "/v1/sessions/s1", "GET")]
    [InlineData("GET", "/v1/jobs/s:b/cancel", "POST")]
    [InlineData("OPTIONS", "/v1/jobs/s:b", "GET")]
    [InlineData("GET", "/v1/login", "POST")]
    [InlineData("POST", "/v1/ws", "GET")]
    [InlineData("POST", "/v1/openapi.json", "GET")]
    [InlineData("POST", "/healthz", "GET, HEAD")]
    [InlineData("DELETE", "/readyz", "GET, HEAD")]
    [InlineData("POST", "/metrics", "GET, HEAD")]
    public async Task Send_MethodThatAnAddressHasNot_SaysWhichItHas(string method, string path, string allowed)
    {
        var answer = await RawHttp.SendAsync(world.Address, $"{method} {path} HTTP/1.1\r\nContent-Length: 0");

        Assert.Equal((405, "invalid_command"), (answer.Status, answer.Code()));
        Assert.Contains($"\r\nAllow: {allowed}\r\n", answer.Head + "\r\n", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_MethodsOfEveryRoute_AreRefusedButItsOwn()
    {
        foreach (var route in world.Routes().Select(route => route.Split(' ')[1]).Distinct().ToList())
        {
            var path = route.Replace("{session}", "s1", StringComparison.Ordinal).Replace("{id}", "s1:b1", StringComparison.Ordinal);
            var answer = await RawHttp.SendAsync(world.Address, $"PROPFIND {path} HTTP/1.1");

            Assert.True(answer.Status == 405 && answer.Head.Contains("\r\nAllow: ", StringComparison.Ordinal), $"{route}: {answer}");
        }
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    [InlineData("/metrics")]
    public async Task Head_OfWhatProbesLookAt_IsAnsweredWithoutBody(string path)
    {
        var answer = await RawHttp.SendAsync(world.Address, $"HEAD {path} HTTP/1.1");

        Assert.Equal((200, ""), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData("""{"type":"session.configure","parameters":{"a":1,"a":2}}""", "a")]
    [InlineData("""{"type":"session.configure","parameters":{},"parameters":{"b":1}}""", "parameters")]
    [InlineData("""{"type":"session.configure","type":"session.reset","parameters":{}}""", "type")]
    [InlineData("""{"type":"session.configure","parameters":{"a":[{"key":1,"k\u0065y":2}]}}""", "key")]
    public async Task Send_KeyThatComesTwice_IsRefusedAndNamed(string json, string key)
    {
        var answer = await RawHttp.PostAsync(world.Address, Commands, Encoding.UTF8.GetBytes(json));
        await using var client = await WireClient.ConnectAsync(world);
        await client.SendAsync($$"""{"session":"s1",{{json[1..^1]}},"id":"late"}""");
        var frame = await client.AnswerAsync("late");

        Assert.Equal((400, "invalid_command"), (answer.Status, answer.Code()));
        Assert.Contains($"'{key}'", answer.Body, StringComparison.Ordinal);
        WireAssert.Error(frame, "invalid_command", retryable: false);
        Assert.Empty(world.Sessions.Arrived);
    }

    [Theory]
    [InlineData(62, true)]
    [InlineData(63, false)]
    [InlineData(100_000, false)]
    public async Task Send_NestedDeep_IsAnsweredUnderItsId(int depth, bool taken)
    {
        var deep = $"{new string('[', depth)}{new string(']', depth)}";
        await using var client = await WireClient.ConnectAsync(world);

        await client.SendAsync($$$"""{"session":"s1","type":"session.configure","parameters":{"a":{{{deep}}}},"id":"late"}""");
        var frame = await client.AnswerAsync("late");
        var answer = await RawHttp.PostAsync(world.Address, Commands, Encoding.UTF8.GetBytes($$$"""{"type":"session.configure","parameters":{"a":{{{deep}}}}}"""));

        if (taken) WireAssert.Ack(frame);
        else Assert.Contains("64", WireAssert.Error(frame, "invalid_command", retryable: false).GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(taken ? 200 : 400, answer.Status);
    }

    [Fact]
    public async Task Send_TooDeepWithoutUsableId_IsAnInvalidFrame()
    {
        await using var client = await WireClient.ConnectAsync(world);

        await client.SendAsync($$"""{"type":"ping","a":{{new string('[', 65)}}{{new string(']', 65)}}}""");

        WireAssert.Error(await client.NextAsync(), "invalid_frame", retryable: false);
    }

    [Theory]
    [InlineData("""{"type":"session.configure","$id":"1","parameters":{}}""")]
    [InlineData("""{"$ref":"1","type":"session.configure","parameters":{}}""")]
    [InlineData("""{"type":"session.configure","parameters":{"a":1e99999}}""")]
    [InlineData("""{"type":"message.send","text":"x","temperature":1e99999}""")]
    [InlineData("""{"type":"message.send","text":"x","maxOutputTokens":1e3}""")]
    [InlineData("""{"type":"session.open","after":{"epoch":"e","seq":1e300}}""")]
    [InlineData("""{"type":"session.open","maxRate":1e99999}""")]
    [InlineData("""{"type":"tools.run","calls":[{"tool":"shell","arguments":{},"timeoutMs":99999999999}]}""")]
    [InlineData("""{"type":"tools.run","calls":{}}""")]
    [InlineData("""{"type":"session.share","subjects":null}""")]
    public async Task Send_OddValues_AreNeverTheServersFault(string json)
    {
        var answer = await RawHttp.PostAsync(world.Address, Commands, Encoding.UTF8.GetBytes(json));
        await using var client = await WireClient.ConnectAsync(world);
        await client.SendAsync($$"""{"id":"a","session":"s1",{{json[1..]}}""");
        var frame = await client.AnswerAsync("a");

        Assert.True(answer.Status is 200 or 400, $"{answer}");
        if (frame.GetProperty("type").ValueEquals("error")) WireAssert.Error(frame, "invalid_command", retryable: false);
        Assert.NotEqual(JsonValueKind.Undefined, frame.ValueKind);
    }
}
