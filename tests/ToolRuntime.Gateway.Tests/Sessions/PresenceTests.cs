using System.Text.Json;
using ToolRuntime.Gateway.Tests.Security;

namespace ToolRuntime.Gateway.Tests.Sessions;

/// <summary>Who learns that others have a session open.</summary>
public class PresenceTests
{
    private static readonly TestKey Ann = TestKey.Ann;
    private static readonly TestKey Bob = new("bob1", "acme", "bob") { Scopes = ["sessions:read", "sessions:write", "sessions:all"] };

    [Fact]
    public async Task Open_ByAnotherSubject_TellsBothWhoIsThere()
    {
        await using var world = await World.StartAsync(TestKey.Settings(Ann, Bob));
        await using var ann = await world.ConnectAsync(Ann);
        await ann.OpenAsync("s1");
        await using var bob = await world.ConnectAsync(Bob);
        await bob.OpenAsync("s1");

        Assert.Equal(("bob", "ann bob"), await PresenceAsync(ann));
        Assert.Equal(("bob", "ann bob"), await PresenceAsync(bob));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Leave_LastConnectionOfASubject_TellsTheOthers(bool closesSession)
    {
        await using var world = await World.StartAsync(TestKey.Settings(Ann, Bob));
        await using var ann = await world.ConnectAsync(Ann);
        await ann.OpenAsync("s1");
        await using (var bob = await world.ConnectAsync(Bob))
        {
            await bob.OpenAsync("s1");
            await PresenceAsync(ann);
            if (closesSession) WireAssert.Ack(await bob.AskAsync("session.close", "\"session\":\"s1\""));
        }

        Assert.Equal(("bob", "ann"), await PresenceAsync(ann));
    }

    [Fact]
    public async Task Open_SecondConnectionOfASubject_TellsOnlyThatOne()
    {
        await using var world = await World.StartAsync(TestKey.Settings(Ann, Bob));
        await using var ann = await world.ConnectAsync(Ann);
        await ann.OpenAsync("s1");
        await using var bob = await world.ConnectAsync(Bob);
        await bob.OpenAsync("s1");
        await PresenceAsync(ann);
        await using var again = await world.ConnectAsync(Bob);
        await again.OpenAsync("s1");

        Assert.Equal(("bob", "ann bob"), await PresenceAsync(again));
        WireAssert.Ack(await bob.AskAsync("typing", "\"session\":\"s1\",\"active\":true"));
        Assert.Equal("typing", (await ann.NextAsync("signal")).GetProperty("kind").GetString());
    }

    [Fact]
    public async Task Open_OneSubjectOnly_TellsNobody()
    {
        await using var world = await World.StartAsync(TestKey.Settings(Ann, Bob));
        await using var one = await world.ConnectAsync(Ann);
        await one.OpenAsync("s1");
        await using var two = await world.ConnectAsync(Ann);
        await two.OpenAsync("s1");
        WireAssert.Ack(await two.AskAsync("typing", "\"session\":\"s1\",\"active\":true"));

        Assert.Equal("typing", (await one.NextAsync("signal")).GetProperty("kind").GetString());
    }

    private static async Task<(string From, string Subjects)> PresenceAsync(WireClient client)
    {
        var signal = await client.NextAsync("signal");
        Assert.Equal("presence", signal.GetProperty("kind").GetString());
        return (signal.GetProperty("from").GetString()!, string.Join(' ', signal.GetProperty("subjects").EnumerateArray().Select(name => name.GetString())));
    }
}
