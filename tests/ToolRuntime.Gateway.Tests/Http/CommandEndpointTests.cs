using System.Net;

namespace ToolRuntime.Gateway.Tests.Http;

public class CommandEndpointTests
{
    private const string Path = "/v1/sessions/s1/commands";

    [Fact]
    public async Task Post_CommandWithKey_HasItsEffectOnce()
    {
        await using var world = await World.StartAsync();

        var (status, first) = await world.PostAsync(Path, """{"type":"message.send","text":"hi"}""", "k1");
        var (_, again) = await world.PostAsync(Path, """{"type":"message.send","text":"hi","id":"k1"}""");
        var other = await world.PostAsync(Path, """{"type":"message.send","text":"ho"}""", "k1");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("m_k1", first.GetProperty("messageId").GetString());
        Assert.Equal(first.GetRawText(), again.GetRawText());
        HttpCaller.AssertError(other, HttpStatusCode.Conflict, "conflict");
        Assert.Equal(["k1", "k1", "k1"], world.Sessions.Arrived);
    }

    [Fact]
    public async Task Post_WithoutKey_MakesAnId()
    {
        await using var world = await World.StartAsync();

        await world.PostAsync(Path, """{"type":"message.send","text":"hi"}""");
        await world.PostAsync(Path, """{"type":"message.send","text":"hi"}""");

        Assert.Equal(2, world.Sessions.Arrived.Distinct().Count());
    }

    [Theory]
    [InlineData("""{"type":"message.send"}""", "k", HttpStatusCode.BadRequest, "invalid_command")]
    [InlineData("""{"type":"nonsense"}""", "k", HttpStatusCode.BadRequest, "invalid_command")]
    [InlineData("""{"type":"ping"}""", "k", HttpStatusCode.BadRequest, "invalid_command")]
    [InlineData("""{"type":"typing","active":true}""", "k", HttpStatusCode.BadRequest, "invalid_command")]
    [InlineData("""{"type":"message.send","text":"hi","session":"s2"}""", "k", HttpStatusCode.BadRequest, "invalid_command")]
    [InlineData("""{"type":"message.send","text":"hi","id":"other"}""", "k", HttpStatusCode.BadRequest, "invalid_command")]
    [InlineData("""{"type":"message.send","text":"hi"}""", "not usable", HttpStatusCode.BadRequest, "invalid_command")]
    [InlineData("""{"type":"tool.details"}""", "k", HttpStatusCode.BadRequest, "invalid_command")]
    [InlineData("""{"type":"tool.details","executionId":"x2"}""", "k", HttpStatusCode.NotFound, "not_found")]
    [InlineData("{", "k", HttpStatusCode.BadRequest, "invalid_command")]
    [InlineData("[]", "k", HttpStatusCode.BadRequest, "invalid_command")]
    public async Task Post_WrongCommand_IsRefused(string body, string key, HttpStatusCode status, string code)
    {
        await using var world = await World.StartAsync();

        HttpCaller.AssertError(await world.PostAsync(Path, body, key), status, code);
        Assert.Empty(world.Sessions.Arrived);
    }

    [Fact]
    public async Task Post_NoJsonOrTooMuch_IsRefused()
    {
        await using var world = await World.StartAsync();

        HttpCaller.AssertError(await world.PostAsync(Path, """{"type":"message.send","text":"hi"}""", type: "text/plain"), HttpStatusCode.UnsupportedMediaType, "invalid_command");
        HttpCaller.AssertError(await world.PostAsync(Path, $$"""{"type":"message.send","text":"{{new string('x', 262_144)}}"}"""), HttpStatusCode.RequestEntityTooLarge, "too_large");
    }

    [Fact]
    public async Task Post_OpenAndDetails_AnswerAsTheAckWould()
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1", 3);

        var (_, snapshot) = await world.PostAsync(Path, """{"type":"session.open"}""");
        var (_, recovered) = await world.PostAsync(Path, """{"type":"session.open","after":{"epoch":"epoch1","seq":2}}""");
        var (_, details) = await world.PostAsync(Path, """{"type":"tool.details","executionId":"x1"}""");

        Assert.Equal(3, snapshot.GetProperty("snapshot").GetProperty("seq").GetInt64());
        Assert.True(recovered.GetProperty("recovered").GetBoolean());
        Assert.Equal("shell", details.GetProperty("name").GetString());
    }
}
