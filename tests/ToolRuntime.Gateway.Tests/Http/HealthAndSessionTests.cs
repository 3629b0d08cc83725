using System.Net;
using System.Text.Json;

namespace ToolRuntime.Gateway.Tests.Http;

public class HealthAndSessionTests
{
    [Fact]
    public async Task Get_HealthAndReadiness_TellTheState()
    {
        await using var world = await World.StartAsync();

        Assert.Equal(HttpStatusCode.OK, (await world.GetAsync("/healthz")).Status);
        Assert.Equal("ready", (await world.GetAsync("/readyz")).Body.GetProperty("status").GetString());
        world.Log.Broken = true;
        Assert.Equal(HttpStatusCode.OK, (await world.GetAsync("/healthz")).Status);
        var (status, body) = await world.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.False(body.GetProperty("store").GetBoolean());
        Assert.True(body.GetProperty("silo").GetBoolean());
    }

    [Theory]
    [InlineData("/v1/tools")]
    [InlineData("/v1/tools/schemas")]
    public async Task Get_Tools_ListsThemWithSchemas(string path)
    {
        await using var world = await World.StartAsync();

        var (status, body) = await world.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, status);
        var tool = Assert.Single(body.GetProperty("tools").EnumerateArray());
        Assert.Equal("shell", tool.GetProperty("name").GetString());
        Assert.Equal("object", tool.GetProperty("parameters").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Get_Models_ListsThemWithProvidersAndTheDefault()
    {
        await using var world = await World.StartAsync();

        var (status, body) = await world.GetAsync("/v1/models");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(
            """{"models":[{"name":"directive","provider":"directive","title":"directive","default":true},{"name":"fast","provider":"openai","model":"gpt-test","title":"gpt-test"}]}""",
            body.GetRawText());
    }

    [Fact]
    public async Task Get_Session_GivesSnapshotAndCreatesNothing()
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1", 3);
        world.Log.Create(World.Key("s2"), "somebody");

        var (status, body) = await world.GetAsync("/v1/sessions/s1");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(3, body.GetProperty("seq").GetInt64());
        Assert.Equal("epoch1", body.GetProperty("epoch").GetString());
        Assert.Equal(JsonValueKind.Object, body.GetProperty("view").ValueKind);
        HttpCaller.AssertError(await world.GetAsync("/v1/sessions/s2"), HttpStatusCode.Forbidden, "forbidden");
        HttpCaller.AssertError(await world.GetAsync("/v1/sessions/s3"), HttpStatusCode.NotFound, "not_found");
        HttpCaller.AssertError(await world.GetAsync("/v1/sessions/no%20good"), HttpStatusCode.NotFound, "not_found");
        Assert.Equal(1, world.Sessions.Opened);
    }

    [Fact]
    public async Task Get_Sessions_ListsTheCallersOwn()
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1", 3);
        world.Log.Create(World.Key("s2"), "somebody");

        var (_, body) = await world.GetAsync("/v1/sessions");

        var session = Assert.Single(body.GetProperty("sessions").EnumerateArray());
        Assert.Equal("s1", session.GetProperty("session").GetString());
        Assert.Equal(3, session.GetProperty("head").GetInt64());
        HttpCaller.AssertError(await world.GetAsync("/v1/sessions?limit=0"), HttpStatusCode.BadRequest, "invalid_command");
    }

    [Fact]
    public async Task Get_SessionsByPages_GivesEachOnce()
    {
        await using var world = await World.StartAsync();
        for (var i = 0; i < 5; i++) await world.OutputAsync($"s{i}");

        var seen = new List<string>();
        var path = "/v1/sessions?limit=2";
        while (true)
        {
            var (_, page) = await world.GetAsync(path);
            seen.AddRange(page.GetProperty("sessions").EnumerateArray().Select(session => session.GetProperty("session").GetString()!));
            if (!page.TryGetProperty("next", out var next)) break;
            Assert.Equal(0, seen.Count % 2);
            path = $"/v1/sessions?limit=2&after={next.GetString()}";
        }

        Assert.Equal(["s4", "s3", "s2", "s1", "s0"], seen);
        foreach (var wrong in (string[])["nonsense", "1:", ":s1", "x:s1", "99999999999999999:s1"]) HttpCaller.AssertError(await world.GetAsync($"/v1/sessions?after={wrong}"), HttpStatusCode.BadRequest, "invalid_command");
    }

    [Fact]
    public async Task Get_UnknownAddress_IsNotFoundAsJson()
    {
        await using var world = await World.StartAsync();

        HttpCaller.AssertError(await world.GetAsync("/v1/nothing"), HttpStatusCode.NotFound, "not_found");
    }
}
