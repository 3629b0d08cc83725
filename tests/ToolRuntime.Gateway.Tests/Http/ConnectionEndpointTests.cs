using System.Net;
using ToolRuntime.Gateway.Tests.Security;

namespace ToolRuntime.Gateway.Tests.Http;

public sealed class ConnectionEndpointTests
{
    [Fact]
    public async Task List_SocketsAndStreams_SaysWhoHasWhichSessionsOpen()
    {
        await using var world = await World.StartAsync();
        await using var first = await WireClient.ConnectAsync(world);
        await using var second = await WireClient.ConnectAsync(world);
        await first.OpenAsync("s2");
        await first.OpenAsync("s1");
        using var stream = await EventStreamClient.GetAsync(world, "/v1/sessions/s1/events?after=start");

        var (status, all) = await world.GetAsync("/v1/connections");
        var (_, some) = await world.GetAsync("/v1/connections?session=s1&tenant=dev&limit=1");
        var (_, none) = await world.GetAsync("/v1/connections?tenant=other");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.NotEmpty(all.GetProperty("gateway").GetString()!);
        var listed = all.GetProperty("connections").EnumerateArray().ToDictionary(one => one.GetProperty("connectionId").GetString()!);
        Assert.Equal(3, listed.Count);
        Assert.Equal("""["s1","s2"]""", listed[first.Welcome.GetProperty("connectionId").GetString()!].GetProperty("sessions").GetRawText());
        Assert.Equal("[]", listed[second.Welcome.GetProperty("connectionId").GetString()!].GetProperty("sessions").GetRawText());
        Assert.Equal("""["s1"]""", Assert.Single(listed.Values, one => one.GetProperty("transport").GetString() == "sse").GetProperty("sessions").GetRawText());
        Assert.All(listed.Values, one => Assert.Equal(("dev", "dev"), (one.GetProperty("tenant").GetString(), one.GetProperty("subject").GetString())));
        Assert.Equal((2, 1), (some.GetProperty("total").GetInt32(), some.GetProperty("connections").GetArrayLength()));
        Assert.Equal(0, none.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task List_AfterTheyHaveLeft_IsEmpty()
    {
        await using var world = await World.StartAsync();
        await world.OutputAsync("s1");
        await using (await WireClient.ConnectAsync(world))
        using (await EventStreamClient.GetAsync(world, "/v1/sessions/s1/events?after=start"))
        {
        }

        await WireAssert.EventuallyAsync(async () => (await world.GetAsync("/v1/connections")).Body.GetProperty("total").GetInt32() == 0);
    }

    [Fact]
    public async Task List_KeyOfSessionsOnly_IsForbiddenAndOneOfTheClusterSeesAllTenants()
    {
        var (ann, operatorKey) = (TestKey.Ann, new TestKey("ops1", "ops", "olga") { Scopes = ["cluster:read"] });
        await using var world = await World.StartAsync(TestKey.Settings(ann, operatorKey));
        await using var client = await world.ConnectAsync(ann);
        using var hers = world.Http(ann);
        using var his = world.Http(operatorKey);

        Assert.Equal(HttpStatusCode.Forbidden, (await hers.GetAsync(new Uri("/v1/connections", UriKind.Relative))).StatusCode);
        Assert.Contains("\"ann1\"", await his.GetStringAsync(new Uri("/v1/connections", UriKind.Relative)), StringComparison.Ordinal);
    }
}
