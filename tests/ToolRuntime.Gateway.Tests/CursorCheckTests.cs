using System.Text.Json;
using ToolRuntime.Gateway.Tests.Security;

namespace ToolRuntime.Gateway.Tests;

/// <summary>Cursors that prove themselves over a WebSocket, and those that can't: whatever they claim, nobody else notices.</summary>
public class CursorCheckTests
{
    [Fact]
    public async Task Check_OfFramesAcksAndSnapshots_IsThatOfTheirSeq()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        await world.OutputAsync("s1", 3);
        await world.OutputAsync("s1", 2);

        var snapshot = await client.OpenAsync("s1");
        var resumed = await client.OpenAsync("s1", Cursor(2));
        var missed = await client.NextAsync("events");
        await world.OutputAsync("s1", 2);
        var live = await client.NextAsync("events");

        Assert.Equal(CheckAt(world, 5), snapshot.GetProperty("check").GetString());
        Assert.Equal(CheckAt(world, 5), snapshot.GetProperty("snapshot").GetProperty("check").GetString());
        Assert.Equal(CheckAt(world, 2), resumed.GetProperty("check").GetString());
        Assert.Equal((5, CheckAt(world, 5)), (missed.GetProperty("seq").GetInt64(), missed.GetProperty("check").GetString()));
        Assert.Equal((7, CheckAt(world, 7)), (live.GetProperty("seq").GetInt64(), live.GetProperty("check").GetString()));
        Assert.Equal(3, ((string[])[CheckAt(world, 3)!, CheckAt(world, 5)!, CheckAt(world, 7)!]).Distinct().Count());
    }

    [Fact]
    public async Task Check_OfAFrameThatAFilterLeftOutOf_IsThatOfItsSeq()
    {
        await using var world = await World.StartAsync(("Connections:HeartbeatMs", 50), ("Connections:SilenceMs", 10_000));
        await using var client = await WireClient.ConnectAsync(world);

        await client.OpenAsync("s1", "\"types\":[\"batch.completed\"]");
        await world.OutputAsync("s1", 2);
        var frame = await client.NextAsync("events");

        Assert.Equal(0, frame.GetProperty("events").GetArrayLength());
        Assert.Equal(CheckAt(world, frame.GetProperty("seq").GetInt64()), frame.GetProperty("check").GetString());
    }

    [Fact]
    public async Task Check_OfEntriesWithout_IsLeftOut()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        await world.OutputAsync("s1", 3);
        world.Log.ForgetChecks(World.Key("s1"));

        var opened = await client.OpenAsync("s1", Cursor(1));

        Assert.True(opened.GetProperty("recovered").GetBoolean());
        Assert.False(opened.TryGetProperty("check", out _));
        Assert.False((await client.NextAsync("events")).TryGetProperty("check", out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    public async Task Open_CursorWithItsCheck_ResumesAndWakesNoGrain(int seq)
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        for (var i = 0; i < 3; i++) await world.OutputAsync("s1", 2);

        var opened = await client.OpenAsync("s1", Cursor(seq, CheckAt(world, seq)));

        Assert.True(opened.GetProperty("recovered").GetBoolean());
        Assert.Equal(6 - seq, (await client.EventsAsync(seq, 6)).Count);
        Assert.Equal(0, world.Sessions.Opened);
    }

    [Theory]
    [InlineData(3, "other")] // within the log, of another history
    [InlineData(6, "other")] // at its head
    [InlineData(9, "other")] // beyond it
    [InlineData(9, null)]
    [InlineData(6, "")]
    public async Task Open_CursorThatFitsNothing_GivesThatClientASnapshotAndNobodyElseNotices(int seq, string? check)
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        await using var other = await WireClient.ConnectAsync(world);
        await world.OutputAsync("s1", 6);
        await other.OpenAsync("s1");

        AssertSnapshot(await client.OpenAsync("s1", Cursor(seq, check)), 6);
        await world.OutputAsync("s1");

        Assert.Single(await client.EventsAsync(6, 7));
        Assert.Single(await other.EventsAsync(6, 7));
        WireAssert.Ack(await other.AskAsync("ping"));
    }

    [Fact]
    public async Task Open_LogThatWentBackAndGrewPastTheCursor_IsFoundByTheCheck()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        await world.OutputAsync("s1", 5);
        await world.OutputAsync("s1", 5);
        var (kept, gone) = (CheckAt(world, 4), CheckAt(world, 8));
        world.Log.Rewind(World.Key("s1"), 5);
        await world.OutputAsync("s1", 10);

        AssertSnapshot(await client.OpenAsync("s1", Cursor(8, gone)), 15);
        Assert.True((await client.OpenAsync("s1", Cursor(4, kept))).GetProperty("recovered").GetBoolean());
        Assert.True((await client.OpenAsync("s1", Cursor(8))).GetProperty("recovered").GetBoolean()); // as before: it can't be known
    }

    [Theory]
    [InlineData("7")]
    [InlineData("null")]
    [InlineData("{}")]
    public async Task Open_CheckThatIsNoText_IsRefused(string check)
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);

        WireAssert.Error(await client.AskAsync("session.open", $"\"session\":\"s1\",\"after\":{{\"epoch\":\"e\",\"seq\":1,\"check\":{check}}}"), "invalid_command", retryable: false);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("other")]
    public async Task Open_ByWhoMayOnlyRead_BeyondTheHead_ClosesNobody(string? check)
    {
        var reader = new TestKey("reader1", "dev", "reader") { Scopes = ["sessions:read"] };
        var owner = new TestKey("owner1", "dev", "owner");
        await using var world = await World.StartAsync(TestKey.Settings(reader, owner));
        world.Log.Create(World.Key("s1"), "owner", "reader");
        await world.OutputAsync("s1", 6);
        await using var client = await world.ConnectAsync(reader);
        await using var other = await world.ConnectAsync(owner);
        await other.OpenAsync("s1");

        AssertSnapshot(await client.OpenAsync("s1", Cursor(1_000_000, check)), 6);
        using var http = world.Http(reader);
        var page = JsonElement.Parse(await http.GetStringAsync(new Uri($"/v1/sessions/s1/events?after=epoch1:1000000{(check is null ? "" : $":{check}")}", UriKind.Relative)));
        await world.OutputAsync("s1");

        AssertSnapshot(page, 6);
        Assert.Single(await other.EventsAsync(6, 7));
        WireAssert.Ack(await other.AskAsync("ping"));
    }

    private static string? CheckAt(World world, long seq) => world.Log.CheckAt(World.Key("s1"), seq);

    private static string Cursor(long seq, string? check = null) => $"\"after\":{{\"epoch\":\"epoch1\",\"seq\":{seq}{(check is null ? "" : $",\"check\":\"{check}\"")}}}";

    private static void AssertSnapshot(JsonElement opened, long seq)
    {
        Assert.False(opened.GetProperty("recovered").GetBoolean());
        Assert.Equal(("epoch1", seq), (opened.GetProperty("epoch").GetString(), opened.GetProperty("after").GetInt64()));
        Assert.Equal(seq, opened.GetProperty("snapshot").GetProperty("seq").GetInt64());
    }
}
