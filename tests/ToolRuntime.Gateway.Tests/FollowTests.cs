using System.Text.Json;

namespace ToolRuntime.Gateway.Tests;

/// <summary>Following executions, each with a cursor of its own, over one connection.</summary>
public class FollowTests
{
    [Fact]
    public async Task Follow_ExecutionsOfSeveralSessions_EachIsSentItsOwn()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        await world.OutputAsync("s1");
        await world.OutputAsync("s2");

        var one = await FollowAsync(client, "s1", "x1");
        await FollowAsync(client, "s1", "x2");
        await FollowAsync(client, "s2", "x1");
        await PrintAsync(world, "s1", "x2", "two");
        await PrintAsync(world, "s1", "x1", "one");
        await PrintAsync(world, "s2", "x1", "other");

        Assert.False(one.GetProperty("recovered").GetBoolean());
        Assert.Equal(["x1"], one.GetProperty("snapshot").GetProperty("view").GetProperty("executions").EnumerateObject().Select(member => member.Name));
        Assert.Equal([(3, "one")], await PrintedAsync(client, "s1", "x1"));
        Assert.Equal([(2, "two")], await PrintedAsync(client, "s1", "x2"));
        Assert.Equal([(2, "other")], await PrintedAsync(client, "s2", "x1"));
    }

    [Fact]
    public async Task Follow_AfterACursor_IsSentWhatItMissedAndNoSnapshot()
    {
        await using var world = await World.StartAsync();
        await PrintAsync(world, "s1", "x1", "before");
        await PrintAsync(world, "s1", "x2", "between");
        await PrintAsync(world, "s1", "x1", "missed");
        await using var client = await WireClient.ConnectAsync(world);

        var opened = await FollowAsync(client, "s1", "x1", ",\"after\":{\"epoch\":\"epoch1\",\"seq\":1}");

        Assert.True(opened.GetProperty("recovered").GetBoolean());
        Assert.False(opened.TryGetProperty("snapshot", out _));
        Assert.Equal([(3, "missed")], await PrintedAsync(client, "s1", "x1"));
    }

    [Fact]
    public async Task Follow_BesideTheOpenSession_LeavesItsFramesAsTheyAre()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        await client.OpenAsync("s1");
        await FollowAsync(client, "s1", "x1");

        await PrintAsync(world, "s1", "x1", "a");
        await PrintAsync(world, "s1", "x2", "b");

        Assert.Equal(2, (await client.EventsAsync(0, 2)).Count);
        Assert.Equal([(1, "a")], await PrintedAsync(client, "s1", "x1"));
        WireAssert.Ack(await client.AskAsync("session.close", "\"session\":\"s1\""));
        await PrintAsync(world, "s1", "x1", "c");
        Assert.Equal([(3, "c")], await PrintedAsync(client, "s1", "x1"));
    }

    [Fact]
    public async Task Follow_SessionIsReset_IsTold()
    {
        await using var world = await World.StartAsync();
        await PrintAsync(world, "s1", "x1", "a");
        await using var client = await WireClient.ConnectAsync(world);
        await FollowAsync(client, "s1", "x1");

        await world.PublishAsync("s1", ("session.reset", null, ""));

        var frame = await client.NextAsync("tool.events");
        Assert.Equal("session.reset", frame.GetProperty("events")[0].GetProperty("type").GetString());
    }

    [Fact]
    public async Task Unfollow_LastOfTheSession_EndsItsFeed()
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1");
        await using var client = await WireClient.ConnectAsync(world);
        await FollowAsync(client, "s1", "x1");
        await FollowAsync(client, "s1", "x2");

        WireAssert.Ack(await client.AskAsync("tool.unfollow", "\"session\":\"s1\",\"executionId\":\"x1\""));
        Assert.Single(Assert.Single(world.Feeds.Standing).Readers);
        WireAssert.Ack(await client.AskAsync("tool.unfollow", "\"session\":\"s1\",\"executionId\":\"x2\""));

        Assert.Empty(world.Feeds.Standing);
    }

    [Fact]
    public async Task Follow_MoreThanAllowed_IsRefused()
    {
        await using var world = await World.StartAsync(("Connections:MaxSessions", 2));
        await world.OutputAsync("s1");
        await using var client = await WireClient.ConnectAsync(world);

        await client.OpenAsync("s1");
        await FollowAsync(client, "s1", "x1");

        WireAssert.Error(await client.AskAsync("tool.follow", "\"session\":\"s1\",\"executionId\":\"x2\""), "quota_exceeded");
        await FollowAsync(client, "s1", "x1");
        WireAssert.Ack(await client.AskAsync("tool.unfollow", "\"session\":\"s1\",\"executionId\":\"x1\""));
        await FollowAsync(client, "s1", "x2");
    }

    [Theory]
    [InlineData("\"session\":\"nowhere\",\"executionId\":\"x1\"", "not_found")]
    [InlineData("\"session\":\"s1\",\"executionId\":\"nobody\"", "not_found")]
    [InlineData("\"session\":\"s1\"", "invalid_command")]
    [InlineData("\"session\":\"s1\",\"executionId\":\"x1\",\"after\":7", "invalid_command")]
    public async Task Follow_WhatIsNotThere_IsRefusedAndCreatesNothing(string fields, string code)
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1");
        await using var client = await WireClient.ConnectAsync(world);

        WireAssert.Error(await client.AskAsync("tool.follow", fields), code);

        Assert.Null(await world.Log.GetHeaderAsync(World.Key("nowhere")));
        Assert.Empty(world.Feeds.Standing);
    }

    private static async Task<JsonElement> FollowAsync(WireClient client, string session, string execution, string fields = "") =>
        WireAssert.Ack(await client.AskAsync("tool.follow", $"\"session\":\"{session}\",\"executionId\":\"{execution}\"{fields}"));

    private static Task PrintAsync(World world, string session, string execution, string text) =>
        world.PublishAsync(session, ("tool.output", execution, $"\"executionId\":\"{execution}\",\"stream\":\"stdout\",\"text\":\"{text}\""));

    /// <summary>What the next frame of an execution brings.</summary>
    private static async Task<List<(int Seq, string? Text)>> PrintedAsync(WireClient client, string session, string execution)
    {
        var frame = await client.NextAsync(frame => frame.GetProperty("type").GetString() == "tool.events"
            && frame.GetProperty("session").GetString() == session && frame.GetProperty("executionId").GetString() == execution);
        return [.. frame.GetProperty("events").EnumerateArray().Select(one => (one.GetProperty("seq").GetInt32(), one.GetProperty("text").GetString()))];
    }
}
