using System.Net.WebSockets;
using System.Text.Json;

namespace ToolRuntime.Gateway.Tests;

public class InvalidFrameTests
{
    [Theory]
    [InlineData("{")]
    [InlineData("hello")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("42")]
    [InlineData("""{"id":"a","type":"ping"} x""")]
    [InlineData("""{"id":"\ud800","type":"ping"}""")]
    [InlineData("""{"type":"ping"}""")]
    [InlineData("""{"id":7,"type":"ping"}""")]
    [InlineData("""{"id":"not usable","type":"ping"}""")]
    [InlineData("""{"id":"","type":"ping"}""")]
    public async Task Send_NoObjectOrNoUsableId_GivesInvalidFrameWithoutId(string text)
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);

        await client.SendAsync(text);
        var frame = await client.NextAsync();

        WireAssert.Error(frame, "invalid_frame", retryable: false);
        Assert.False(frame.TryGetProperty("id", out _));
        WireAssert.Ack(await client.AskAsync("ping"));
    }

    [Fact]
    public async Task Send_TenWithoutId_AnswersEachAndCloses()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);

        for (var i = 0; i < 10; i++) await client.SendAsync("{}");

        for (var i = 0; i < 10; i++) WireAssert.Error(await client.NextAsync(), "invalid_frame");
        Assert.Equal(4500, await client.Closed);
    }

    [Fact]
    public async Task Send_Binary_Closes()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);

        await client.SendAsync("""{"id":"a","type":"ping"}""", WebSocketMessageType.Binary);

        Assert.Equal(4500, await client.Closed);
    }

    [Theory]
    [InlineData(262_145)]
    [InlineData(1_048_576)]
    public async Task Send_BeyondCommandLimit_GivesTooLargeWithIdAndGoesOn(int size)
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);

        await client.SendAsync(Command("big", size));
        var frame = await client.NextAsync();

        WireAssert.Error(frame, "too_large", retryable: false);
        Assert.Equal("big", frame.GetProperty("id").GetString());
        WireAssert.Ack(await client.AskAsync("ping"));
        Assert.Empty(world.Sessions.Arrived);
    }

    [Fact]
    public async Task Send_AtCommandLimit_IsTaken()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);

        await client.SendAsync(Command("big", 262_144));

        WireAssert.Ack(await client.NextAsync());
        Assert.Equal(["big"], world.Sessions.Arrived);
    }

    [Fact]
    public async Task Send_LargeWithoutReadableId_GivesTooLargeWithoutId()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);

        await client.SendAsync(new string('x', 300_000));
        var frame = await client.NextAsync();

        WireAssert.Error(frame, "too_large");
        Assert.False(frame.TryGetProperty("id", out _));
    }

    [Fact]
    public async Task Send_BeyondReadLimit_Closes()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);

        await client.SendAsync(Command("big", 3_000_000));

        Assert.Equal(4513, await client.Closed);
    }

    [Theory]
    [InlineData("nonsense", "\"session\":\"s1\"", "unknown")]
    [InlineData("message.send", "", "session")]
    [InlineData("message.send", "\"session\":\"no/good\",\"text\":\"x\"", "session")]
    [InlineData("message.send", "\"session\":5,\"text\":\"x\"", "session")]
    [InlineData("message.send", "\"session\":\"s1\"", "text")]
    [InlineData("message.send", "\"session\":\"s1\",\"text\":7", "text")]
    [InlineData("message.send", "\"session\":\"s1\",\"text\":null", "text")]
    [InlineData("message.send", "\"session\":\"s1\",\"text\":\"x\",\"policy\":\"sometimes\"", "policy")]
    [InlineData("message.send", "\"session\":\"s1\",\"text\":\"x\",\"tools\":[null]", "null")]
    [InlineData("tools.run", "\"session\":\"s1\"", "calls")]
    [InlineData("tools.run", "\"session\":\"s1\",\"calls\":[null]", "null")]
    [InlineData("tools.run", "\"session\":\"s1\",\"calls\":[{\"tool\":\"shell\"}]", "arguments")]
    [InlineData("tools.run", "\"session\":\"s1\",\"calls\":[{\"tool\":\"shell\",\"arguments\":{},\"timeoutMs\":\"soon\"}]", "timeoutMs")]
    [InlineData("tool.details", "\"session\":\"s1\"", "executionId")]
    [InlineData("typing", "\"session\":\"s1\",\"active\":\"yes\"", "active")]
    [InlineData("session.open", "\"session\":\"s1\",\"after\":3", "after")]
    [InlineData("session.open", "\"session\":\"s1\",\"after\":{\"epoch\":\"e\"}", "after")]
    [InlineData("session.open", "\"session\":\"s1\",\"after\":{\"epoch\":\"e\",\"seq\":-1}", "after")]
    [InlineData("session.open", "\"session\":\"s1\",\"types\":\"all\"", "types")]
    [InlineData("session.open", "\"session\":\"s1\",\"types\":[1]", "types")]
    [InlineData("session.open", "\"session\":\"s1\",\"maxRate\":0", "maxRate")]
    [InlineData("auth.refresh", "\"token\":\"x\"", "token")]
    public async Task Send_CommandOfWrongShape_GivesInvalidCommandThatNamesTheField(string type, string fields, string named)
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);

        var error = WireAssert.Error(await client.AskAsync(type, fields), "invalid_command", retryable: false);

        Assert.Contains(named, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("ToolRuntime.", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty(world.Sessions.Arrived);
    }

    [Fact]
    public async Task Send_WithoutType_GivesInvalidCommandWithId()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);

        await client.SendAsync("""{"id":"a"}""");
        var frame = await client.NextAsync();

        WireAssert.Error(frame, "invalid_command");
        Assert.Equal("a", frame.GetProperty("id").GetString());
    }

    private static string Command(string id, int size)
    {
        var empty = JsonSerializer.Serialize(new { id, type = "message.send", session = "s1", text = "" });
        return JsonSerializer.Serialize(new { id, type = "message.send", session = "s1", text = new string('x', size - empty.Length) });
    }
}
