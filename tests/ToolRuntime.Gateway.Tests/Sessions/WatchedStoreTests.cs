namespace ToolRuntime.Gateway.Tests.Sessions;

public class WatchedStoreTests
{
    [Fact]
    public async Task Change_ThatWasNotTold_IsFoundInTheStore()
    {
        await using var world = await World.StartAsync(("Watch:CompareMs", 100));
        await using var client = await WireClient.ConnectAsync(world);
        WireAssert.Ack(await client.AskAsync("sessions.watch"));
        Assert.True((await client.NextAsync("sessions")).GetProperty("reset").GetBoolean());

        await world.Sessions.Get(World.Key("s")).OpenAsync(new("dev"));
        await world.OutputAsync("s", 3);
        world.Log.UpdatedAt = DateTimeOffset.UtcNow;

        var found = (await client.NextAsync("sessions")).GetProperty("sessions")[0];
        Assert.Equal(("s", 3), (found.GetProperty("session").GetString(), found.GetProperty("lastSeq").GetInt64()));
    }
}
