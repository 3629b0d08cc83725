namespace ToolRuntime.Gateway.Tests.Projections;

/// <summary>Chat Completions by npm's <c>openai</c>.</summary>
public sealed class NodeChatTests
{
    [Fact]
    public async Task Chat_TextToolsAndErrors_AreAsTheirClientReadsThem()
    {
        await using var world = await StockWorld.StartAsync();

        var said = await NodeClient.RunAsync(world, "chat.mjs");

        Assert.Equal("ok", said.GetProperty("text").GetString());
        Assert.Contains("1 tool completed", said.GetProperty("streamed").GetString(), StringComparison.Ordinal);
        Assert.Equal("stop", said.GetProperty("finishReason").GetString());
        Assert.Equal("node", said.GetProperty("session").GetString());
        Assert.Contains("directive", said.GetProperty("models").EnumerateArray().Select(model => model.GetString()));
        Assert.Equal([401, 404, 400, 413], said.GetProperty("statuses").EnumerateArray().Select(status => status.GetInt32()));
        Assert.Equal("""{"name":"AuthenticationError","code":"unauthenticated","type":"authentication_error"}""", said.GetProperty("wrongKey").GetRawText());
    }

    [Fact]
    public async Task Chat_StreamThatIsCancelled_ThrowsItsError()
    {
        await using var world = await StockWorld.StartAsync();
        world.Model.Answer = _ => ["one ", world.Model.Hold, "two"];
        var running = NodeClient.RunAsync(world, "cancelled.mjs");

        await world.CancelAsync("node", "one ");

        var said = await running;
        Assert.Equal(("one ", "cancelled"), (said.GetProperty("text").GetString(), said.GetProperty("code").GetString()));
    }
}
