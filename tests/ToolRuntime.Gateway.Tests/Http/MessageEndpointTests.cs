using System.Net;

namespace ToolRuntime.Gateway.Tests.Http;

public class MessageEndpointTests
{
    private const string Path = "/v1/sessions/s1/messages";

    [Fact]
    public async Task Post_Message_IsAccepted()
    {
        await using var world = await World.StartAsync();

        var (status, body) = await world.PostAsync(Path, """{"text":"hi"}""", "k1");

        Assert.Equal(HttpStatusCode.Accepted, status);
        Assert.Equal(("m_k1", "r_k1", 1), (body.GetProperty("messageId").GetString(), body.GetProperty("replyId").GetString(), body.GetProperty("seq").GetInt64()));
        HttpCaller.AssertError(await world.PostAsync(Path, """{"txt":"hi"}"""), HttpStatusCode.BadRequest, "invalid_command");
        HttpCaller.AssertError(await world.PostAsync(Path, """{"text":"hi"}""", "no/good"), HttpStatusCode.BadRequest, "invalid_command");
    }

    [Theory]
    [InlineData("completed")]
    [InlineData("cancelled")]
    [InlineData("error")]
    public async Task Post_MessageAsStream_GivesEventsUntilTheReplyEnds(string state)
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1", 3);
        using var request = HttpCaller.Post(Path, """{"text":"hi"}""", "k1");
        using var stream = await EventStreamClient.SendAsync(world, request);
        var first = await stream.NextAsync();

        await world.PublishAsync("s1", State("r_other", "completed"));
        await world.PublishAsync("s1", State("r_k1", "active"), State("r_k1", state), State("r_next", "active"));
        var rest = await stream.ReadToEndAsync();

        Assert.Equal("message.created", first!.Data.GetProperty("type").GetString());
        Assert.Equal(["epoch1:5", "epoch1:6", "epoch1:7", null], rest.Select(@event => @event.Id));
        Assert.Equal(("end", state), (rest[^1].Type, rest[^1].Data.GetProperty("reason").GetString()));
    }

    [Fact]
    public async Task Get_Messages_PagesBackwards()
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1");
        world.Sessions.View = $$"""{"messages":[{{string.Join(',', Enumerable.Range(1, 9).Select(i => $$"""{"id":"m{{i}}"}"""))}}]}""";

        var (_, newest) = await world.GetAsync($"{Path}?limit=4");
        var (_, older) = await world.GetAsync($"{Path}?limit=4&before=m6");
        var (_, oldest) = await world.GetAsync($"{Path}?limit=4&before=m2");

        Assert.Equal(("m6 m7 m8 m9", true), Read(newest));
        Assert.Equal(("m2 m3 m4 m5", true), Read(older));
        Assert.Equal(("m1", false), Read(oldest));
        HttpCaller.AssertError(await world.GetAsync($"{Path}?before=none"), HttpStatusCode.NotFound, "not_found");
        HttpCaller.AssertError(await world.GetAsync("/v1/sessions/none/messages"), HttpStatusCode.NotFound, "not_found");

        static (string Ids, bool More) Read(System.Text.Json.JsonElement page) =>
            (string.Join(' ', page.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("id").GetString())), page.GetProperty("more").GetBoolean());
    }

    private static (string Type, string? Target, string Fields) State(string id, string to) => ("conversation.state", id, $"\"messageId\":\"{id}\",\"to\":\"{to}\"");
}
