using System.Text.Json;

namespace ToolRuntime.Gateway.Tests;

/// <summary>What clients are told of the gateways of their cluster.</summary>
public sealed class GatewayListTests
{
    private static readonly string[] One = ["http://one.example"];
    private static readonly string[] Two = ["http://one.example", "http://two.example"];

    [Fact]
    public async Task Gateways_OfACluster_AreToldAtTheBeginningAndWhenTheyChange()
    {
        await using var world = await World.StartAsync();
        world.Peers.Set(One, []);
        await using var client = await WireClient.ConnectAsync(world);
        Assert.Equal(One, Of(client.Welcome));

        world.Peers.Set(Two, []);
        var head = await client.NextAsync("head");
        Assert.Equal(Two, Of(head));
        Assert.Equal("{}", head.GetProperty("sessions").GetRawText());

        world.Peers.Set(Two, ["http://gone.example"]);
        world.Peers.Set(One, []);
        Assert.Equal(One, Of(await client.NextAsync("head")));
    }

    [Fact]
    public async Task Gateways_OfOneProcess_AreNotTold()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);

        Assert.False(client.Welcome.TryGetProperty("gateways", out _));
    }

    private static IEnumerable<string?> Of(JsonElement frame) => frame.GetProperty("gateways").EnumerateArray().Select(url => url.GetString());
}
