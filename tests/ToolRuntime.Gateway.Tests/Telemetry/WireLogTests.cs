using System.Text;
using ToolRuntime.Gateway.Telemetry;
using ToolRuntime.Gateway.Tests.Http;
using ToolRuntime.Gateway.Tests.Security;

namespace ToolRuntime.Gateway.Tests.Telemetry;

/// <summary>What is logged of the wire, and what never is.</summary>
public sealed class WireLogTests
{
    private const int Received = 6001, Sent = 6002, Answered = 6003;

    [Theory]
    [InlineData("""{"type":"auth.refresh","token":"trk.ann1.abcdefgh"}""", "abcdefgh")]
    [InlineData("""{"a":{"Api_Key" : "hid\"den" ,"b":1}}""", "den")]
    [InlineData("""{"arguments":"{\"password\":\"hid\\\"den\",\"x\":1}"}""", "den")]
    [InlineData("""{"text":"Authorization: Bearer abcdefghijkl=="}""", "abcdefghijkl")]
    [InlineData("""{"type":"tool.input","data":"hidden","end":true}""", "hidden")]
    [InlineData("""{"key":"hidden without an end""", "hidden")]
    [InlineData("""{"text":"export DB_PASSWORD=hidden && run"}""", "hidden")]
    [InlineData("""{"text":"trk.ann1.0123456789012345678901234567890123456789012"}""", "0123456789")]
    public void Of_Secret_IsNotThere(string frame, string secret)
    {
        var text = WireText.Of(Encoding.UTF8.GetBytes(frame), 1_000, redactor: null);

        Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        Assert.Contains("[redacted]", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"tools.run","session":"s1","keys":["a"],"monkey":"b","data":"c"}""")]
    [InlineData("""{"text":"Grüße 😀"}""")]
    public void Of_Innocent_IsItself(string frame) => Assert.Equal(frame, WireText.Of(Encoding.UTF8.GetBytes(frame), 1_000, redactor: null));

    [Fact]
    public void Of_Long_IsCutBetweenCharactersAndOneLine()
    {
        var text = WireText.Of(Encoding.UTF8.GetBytes("\n" + string.Concat(Enumerable.Repeat("😀", 1_000_000))), 20, redactor: null);

        Assert.Equal(" " + string.Concat(Enumerable.Repeat("😀", 9)) + "…", text);
    }

    [Fact]
    public async Task Wire_Wanted_IsLoggedInBothDirectionsWithoutTheKey()
    {
        var key = TestKey.Ann;
        await using var world = await World.StartAsync([("Logs:Wire", true), ("Logs:WireCharacters", 200), .. TestKey.Settings(key)]);
        await using var client = await world.ConnectAsync(key);
        await client.OpenAsync("s1");
        WireAssert.Ack(await client.AskAsync("auth.refresh", $"\"token\":\"{key.Token}\""));
        WireAssert.Ack(await client.AskAsync("message.send", $"\"session\":\"s1\",\"text\":\"first{new string('x', 500)}last\""));
        await client.NextAsync("events");
        using var http = world.Http(key);
        using var login = HttpCaller.Post("/v1/login", $"{{\"key\":\"{key.Token}\"}}");
        using var command = HttpCaller.Post("/v1/sessions/s1/messages?secret=in-the-query", """{"text":"by request"}""");
        (await http.SendAsync(login)).EnsureSuccessStatusCode();
        (await http.SendAsync(command)).EnsureSuccessStatusCode();

        await WireAssert.EventuallyAsync(() => world.Lines.Of(Answered).Count() == 2);
        Assert.Contains(world.Lines.Of(Received), line => line.Text.Contains("auth.refresh", StringComparison.Ordinal) && line.About["Tenant"] == "acme");
        Assert.Contains(world.Lines.Of(Received), line => line.Text.Contains("firstxxx", StringComparison.Ordinal));
        Assert.Contains(world.Lines.Of(Received), line => line.Text.Contains("by request", StringComparison.Ordinal));
        Assert.Contains(world.Lines.Of(Sent), line => line.Text.Contains("message.created", StringComparison.Ordinal));
        Assert.Contains(world.Lines.Of(Answered), line => line.Text.EndsWith("POST /v1/sessions/s1/messages 202", StringComparison.Ordinal));
        Assert.All(world.Lines.Lines, line =>
        {
            Assert.DoesNotContain(key.Token, line.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("in-the-query", line.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("xlast", line.Text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Wire_NotWanted_IsNotLogged()
    {
        await using var world = await World.StartAsync();
        await using var client = await WireClient.ConnectAsync(world);
        await client.OpenAsync("s1");
        await world.PostAsync("/v1/sessions/s1/messages", """{"text":"hi"}""");

        Assert.DoesNotContain(world.Lines.Lines, line => line.Id is Received or Sent or Answered);
    }

    [Fact]
    public async Task ExtraLogging_True_LogsTheWire()
    {
        await using var world = await RealWorld.StartAsync(null, null, ("/EXTRA_LOGGING", true));
        using var http = world.Http();

        await http.GetStringAsync(new Uri("/v1/tools", UriKind.Relative));

        await WireAssert.EventuallyAsync(() => world.Lines.Of(Answered).Any(line => line.Text.EndsWith("GET /v1/tools 200", StringComparison.Ordinal)));
    }
}
