using System.Net;
using System.Text.Json;

namespace ToolRuntime.Gateway.Tests.Http;

public class EventEndpointTests
{
    private const string Path = "/v1/sessions/s1/events";

    [Fact]
    public async Task Stream_FromStart_GivesKeptThenLiveEventsWithIds()
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1", 2);
        using var stream = await EventStreamClient.GetAsync(world, $"{Path}?after=start");

        var kept = new[] { await stream.NextAsync(), await stream.NextAsync() };
        await world.OutputAsync("s1");
        var live = await stream.NextAsync();

        Assert.Equal(("epoch1:1", "epoch1:2", "epoch1:3"), (kept[0]!.Id, kept[1]!.Id, live!.Id));
        Assert.Equal("message", live.Type);
        Assert.Equal("tool.output", live.Data.GetProperty("type").GetString());
        Assert.Equal("no", stream.Response.Headers.GetValues("X-Accel-Buffering").Single());
    }

    [Fact]
    public async Task Stream_LastEventId_GoesOnAfterItWhateverTheAddressSays()
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1", 5);
        using var stream = await EventStreamClient.GetAsync(world, $"{Path}?after=start", "epoch1:4");

        Assert.Equal("epoch1:5", (await stream.NextAsync())!.Id);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?after=other:2")]
    public async Task Stream_NoServableCursor_BeginsWithSnapshot(string after)
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1", 5);
        using var stream = await EventStreamClient.GetAsync(world, Path + after);

        var snapshot = await stream.NextAsync();
        await world.OutputAsync("s1");

        Assert.Equal(("snapshot", "epoch1:5"), (snapshot!.Type, snapshot.Id));
        Assert.Equal(5, snapshot.Data.GetProperty("seq").GetInt64());
        Assert.Equal("epoch1:6", (await stream.NextAsync())!.Id);
    }

    [Fact]
    public async Task Stream_JsonWithLineBreaks_ArrivesWhole()
    {
        await using var world = await World.StartAsync();
        await world.PublishAsync("s1", ("tool.completed", "x1", "\"result\":{\r\n \"a\":\n1}"));
        using var stream = await EventStreamClient.GetAsync(world, $"{Path}?after=start");

        Assert.Equal(1, (await stream.NextAsync())!.Data.GetProperty("result").GetProperty("a").GetInt32());
    }

    [Fact]
    public async Task Stream_Silence_IsFilledWithComments()
    {
        await using var world = await World.StartAsync(("Http:CommentMs", 20));
        await world.OutputAsync("s1");
        using var stream = await EventStreamClient.GetAsync(world, $"{Path}?after=epoch1:1");

        await stream.CommentAsync();
        await stream.CommentAsync();
        await world.OutputAsync("s1");

        Assert.Equal("epoch1:2", (await stream.NextAsync())!.Id);
    }

    [Fact]
    public async Task Stream_ServerStops_EndsSayingSo()
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1");
        using var stream = await EventStreamClient.GetAsync(world, $"{Path}?after=start");
        await stream.NextAsync();

        var stopping = world.StopAsync();
        var rest = await stream.ReadToEndAsync();

        Assert.Equal(("end", "going_away"), (Assert.Single(rest).Type, rest[0].Data.GetProperty("reason").GetString()));
        await stopping.WaitAsync(World.Patience);
    }

    [Fact]
    public async Task Stream_EpochEnds_EndsSayingSo()
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1");
        using var stream = await EventStreamClient.GetAsync(world, $"{Path}?after=epoch1:1");

        world.Log.Renew(World.Key("s1"));
        await world.OutputAsync("s1");

        Assert.Equal("position_lost", Assert.Single(await stream.ReadToEndAsync()).Data.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Stream_ClientLeaves_EndsTheSubscription()
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1");
        using (await EventStreamClient.GetAsync(world, $"{Path}?after=start")) Assert.Single(world.Feeds.Standing);

        await WireAssert.EventuallyAsync(() => !world.Feeds.Standing.Any());
    }

    [Fact]
    public async Task Stream_ClientLeaves_CancelsNothing()
    {
        await using var world = await World.StartAsync();
        using (var request = HttpCaller.Post("/v1/sessions/s1/messages", """{"text":"hi"}""", "k1"))
        using (var stream = await EventStreamClient.SendAsync(world, request)) await stream.NextAsync();
        await WireAssert.EventuallyAsync(() => !world.Feeds.Standing.Any());

        await world.OutputAsync("s1");

        Assert.Equal(["k1"], world.Sessions.Arrived);
        using var again = await EventStreamClient.GetAsync(world, $"{Path}?after=epoch1:1");
        Assert.Equal("epoch1:2", (await again.NextAsync())!.Id);
    }

    [Fact]
    public async Task Stream_Lines_EndWithLineFeedOnlyAndOneSilenceIsFifteenSeconds()
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1", 2);
        using var http = world.Http();
        http.DefaultRequestHeaders.Accept.Add(new("text/event-stream"));
        using var patience = new CancellationTokenSource(World.Patience);
        await using var stream = await http.GetStreamAsync(new Uri($"{Path}?after=start", UriKind.Relative), patience.Token);
        var text = "";
        var buffer = new byte[4_096];
        while (!text.Contains("epoch1:2", StringComparison.Ordinal) || !text.EndsWith("\n\n", StringComparison.Ordinal)) text += System.Text.Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer, patience.Token));

        Assert.DoesNotContain('\r', text);
        Assert.StartsWith("retry: 1000\n\nid: epoch1:1\ndata: {", text, StringComparison.Ordinal);
        Assert.Equal(15_000, new ToolRuntime.Gateway.Http.HttpOptions().CommentMs);
    }

    [Theory]
    [InlineData("after=start", false)]
    [InlineData("after=start&checks=true", true)]
    [InlineData("after=epoch1:0", false)]
    public async Task Stream_Ids_HoldChecksForWhoAsks(string query, bool checks)
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1", 2);
        using var stream = await EventStreamClient.GetAsync(world, $"{Path}?{query}");

        Assert.Equal(checks ? $"epoch1:1:{CheckAt(world, 1)}" : "epoch1:1", (await stream.NextAsync())!.Id);
    }

    [Fact]
    public async Task Stream_PositionWithItsCheck_GoesOnWithChecks()
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1");
        await world.OutputAsync("s1", 2);
        using var stream = await EventStreamClient.GetAsync(world, Path, $"epoch1:2:{CheckAt(world, 2)}");

        Assert.Equal($"epoch1:3:{CheckAt(world, 3)}", (await stream.NextAsync())!.Id);
    }

    [Fact]
    public async Task Stream_PositionOfAnotherHistory_BeginsWithSnapshotForThatClientAlone()
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1", 3);
        using var other = await EventStreamClient.GetAsync(world, $"{Path}?after=epoch1:3");
        using var stream = await EventStreamClient.GetAsync(world, $"{Path}?after=epoch1:2:{new string('0', 8)}");

        var snapshot = await stream.NextAsync();
        await world.OutputAsync("s1");

        Assert.Equal(("snapshot", $"epoch1:3:{CheckAt(world, 3)}"), (snapshot!.Type, snapshot.Id));
        Assert.Equal(CheckAt(world, 3), snapshot.Data.GetProperty("check").GetString());
        Assert.Equal("epoch1:4", (await other.NextAsync())!.Id);
    }

    [Theory]
    [InlineData("epoch1:2:a:b")]
    [InlineData("epoch1:two")]
    [InlineData(":2")]
    public async Task Stream_PositionThatIsNone_IsRefused(string position)
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1", 3);
        using var http = world.Http();
        using var response = await http.GetAsync(new Uri($"{Path}?after={position}", UriKind.Relative));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Page_Check_IsThatOfItsSeq()
    {
        await using var world = await World.StartAsync();
        for (var i = 0; i < 3; i++) await world.OutputAsync("s1", 2);
        using var http = world.Http();

        var first = JsonElement.Parse(await http.GetStringAsync(new Uri($"{Path}?after=start&limit=3", UriKind.Relative)));
        var check = first.GetProperty("check").GetString();
        var next = JsonElement.Parse(await http.GetStringAsync(new Uri($"{Path}?after=epoch1:3:{check}", UriKind.Relative)));
        var none = JsonElement.Parse(await http.GetStringAsync(new Uri($"{Path}?after=epoch1:3:{new string('0', 8)}", UriKind.Relative)));

        Assert.Equal(CheckAt(world, 3), check);
        Assert.Equal((true, 6L, CheckAt(world, 6)), (next.GetProperty("recovered").GetBoolean(), next.GetProperty("seq").GetInt64(), next.GetProperty("check").GetString()));
        Assert.False(none.GetProperty("recovered").GetBoolean());
        Assert.Equal(CheckAt(world, 6), none.GetProperty("snapshot").GetProperty("check").GetString());
    }

    [Fact]
    public async Task Page_WithLimit_GivesThatManyAndWhereToGoOn()
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1", 10);

        var (status, page) = await world.GetAsync($"{Path}?after=epoch1:2&limit=3");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal([3L, 4, 5], page.GetProperty("events").EnumerateArray().Select(WireAssert.Seq));
        Assert.Equal((2, 5, 10), (page.GetProperty("after").GetInt64(), page.GetProperty("seq").GetInt64(), page.GetProperty("head").GetInt64()));
        Assert.True(page.GetProperty("recovered").GetBoolean());
    }

    [Theory]
    [InlineData("/v1/sessions/s1/events?after=nonsense", HttpStatusCode.BadRequest, "invalid_command")]
    [InlineData("/v1/sessions/s1/events?limit=1001", HttpStatusCode.BadRequest, "invalid_command")]
    [InlineData("/v1/sessions/none/events", HttpStatusCode.NotFound, "not_found")]
    [InlineData("/v1/sessions/others/events", HttpStatusCode.Forbidden, "forbidden")]
    public async Task Get_NotPossible_IsRefused(string path, HttpStatusCode status, string code)
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1");
        world.Log.Create(World.Key("others"), "somebody");

        HttpCaller.AssertError(await world.GetAsync(path), status, code);
    }

    private static string? CheckAt(World world, long seq) => world.Log.CheckAt(World.Key("s1"), seq);
}
