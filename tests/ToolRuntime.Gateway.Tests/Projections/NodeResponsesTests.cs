namespace ToolRuntime.Gateway.Tests.Projections;

/// <summary>Responses by npm's <c>openai</c>.</summary>
public sealed class NodeResponsesTests
{
    [Fact]
    public async Task Responses_StreamResumePollAndCancel_AreAsTheirClientReadsThem()
    {
        await using var world = await StockWorld.StartAsync();

        var said = await NodeClient.RunAsync(world, "responses.mjs");

        Assert.Equal("completed", said.GetProperty("status").GetString());
        Assert.Equal(["code_interpreter_call", "mcp_call", "message", "shell_call", "shell_call_output"], said.GetProperty("items").EnumerateArray().Select(item => item.GetString()));
        Assert.Contains("2 of 3 tools completed", said.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(["""{"stderr":"two\n"}""", """{"stdout":"one\n"}"""], said.GetProperty("live").EnumerateArray().Select(delta => delta.GetRawText()).Order(StringComparer.Ordinal));
        foreach (var numbers in (string[])["numbers", "resumed"])
        {
            var all = said.GetProperty(numbers).EnumerateArray().Select(number => number.GetInt32()).ToList();
            Assert.Equal(Enumerable.Range(0, all.Count), all);
        }

        Assert.Equal("response.completed", said.GetProperty("last").GetString());
        Assert.True(said.GetProperty("sameSession").GetBoolean());
        Assert.Contains(said.GetProperty("first").GetString(), (string[])["queued", "in_progress"]);
        Assert.Contains("1 tool completed", said.GetProperty("polled").GetString(), StringComparison.Ordinal);
        Assert.Equal(("completed", 404), (said.GetProperty("cancelled").GetString(), said.GetProperty("unknown").GetInt32()));
    }
}
