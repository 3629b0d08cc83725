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
    public async Task Get_Messages_PagesBackToTheFirstAndWakesNoGrain()
    {
        await using var world = await World.StartAsync();
        await world.PublishAsync("s1", [.. Enumerable.Range(1, 300).Select(i => Created($"m{i}"))]);

        Assert.Equal(("m297 m298 m299 m300", true), Read(await world.GetAsync($"{Path}?limit=4")));
        Assert.Equal(("m2 m3 m4 m5", true), Read(await world.GetAsync($"{Path}?limit=4&before=m6")));
        Assert.Equal(("m1", false), Read(await world.GetAsync($"{Path}?limit=4&before=m2")));
        Assert.Equal(("", false), Read(await world.GetAsync($"{Path}?before=m1")));
        HttpCaller.AssertError(await world.GetAsync($"{Path}?before=none"), HttpStatusCode.NotFound, "not_found");
        HttpCaller.AssertError(await world.GetAsync($"{Path}?limit=201"), HttpStatusCode.BadRequest, "invalid_command");
        HttpCaller.AssertError(await world.GetAsync("/v1/sessions/none/messages"), HttpStatusCode.NotFound, "not_found");
        Assert.Equal(0, world.Sessions.Opened);
    }

    [Fact]
    public async Task Get_Messages_GivesThemEditedDeletedAndEnded()
    {
        await using var world = await World.StartAsync();
        await world.PublishAsync(
            "s1", Created("m1"), State("r1", "queued"), State("r1", "active", "queued"), ("message.delta", "r1", "\"messageId\":\"r1\",\"round\":1,\"attempt\":1,\"offset\":0,\"text\":\"par\""),
            State("r1", "cancelled", "active"), Created("m2"), ("message.edited", "m1", "\"messageId\":\"m1\",\"text\":\"better\",\"by\":\"dev\""), ("message.deleted", "m2", "\"messageId\":\"m2\",\"by\":\"dev\""));

        var (_, page) = await world.GetAsync(Path);

        var messages = page.GetProperty("messages").EnumerateArray().ToList();
        Assert.Equal(["m1 better", "r1 par", "m2 "], messages.Select(message => $"{message.GetProperty("id").GetString()} {message.GetProperty("text").GetString()}"));
        Assert.True(messages[0].GetProperty("edited").GetBoolean());
        Assert.Equal("cancelled", messages[1].GetProperty("state").GetString());
        Assert.True(messages[2].GetProperty("deleted").GetBoolean());
    }

    [Fact]
    public async Task Get_MessagesOfATrimmedLog_GivesWhatTheViewStillHas()
    {
        await using var world = await World.StartAsync();
        await world.PublishAsync("s1", [.. Enumerable.Range(1, 9).Select(i => Created($"m{i}"))]);
        world.Log.Trim(World.Key("s1"), 6);
        world.Sessions.View = $$"""{"messages":[{{string.Join(',', Enumerable.Range(3, 7).Select(i => $$"""{"id":"m{{i}}"}"""))}}]}""";

        Assert.Equal(("m5 m6 m7 m8 m9", true), Read(await world.GetAsync($"{Path}?limit=5")));
        Assert.Equal(("m3 m4", false), Read(await world.GetAsync($"{Path}?limit=5&before=m5")));
        Assert.Equal(("m3 m4 m5 m6 m7", false), Read(await world.GetAsync($"{Path}?limit=5&before=m8")));
        HttpCaller.AssertError(await world.GetAsync($"{Path}?before=m2"), HttpStatusCode.NotFound, "not_found");
    }

    private static (string Ids, bool More) Read((HttpStatusCode Status, System.Text.Json.JsonElement Page) answer) =>
        (string.Join(' ', answer.Page.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("id").GetString())), answer.Page.GetProperty("more").GetBoolean());

    private static (string Type, string? Target, string Fields) Created(string id) => ("message.created", id, $"\"messageId\":\"{id}\",\"role\":\"user\",\"text\":\"hi\",\"by\":\"dev\"");

    private static (string Type, string? Target, string Fields) State(string id, string to, string? from = null) =>
        ("conversation.state", id, $"\"messageId\":\"{id}\",\"to\":\"{to}\"{(from is null ? "" : $",\"from\":\"{from}\"")}");
}
