using System.Net;
using System.Text.Json;
using ToolRuntime.Gateway.Tests.Security;
using ToolRuntime.Gateway.Tests.Telemetry;

namespace ToolRuntime.Gateway.Tests.Http;

/// <summary>Faults that clients report.</summary>
public sealed class ClientErrorTests
{
    private const string Path = "/v1/client-errors";
    private const int Reported = 6101;

    [Fact]
    public async Task Report_Fault_IsLoggedOnOneLineWithItsSession()
    {
        await using var world = await World.StartAsync();

        var (status, _) = await world.PostAsync(Path, """{"message":"x is\nundefined","name":"TypeError","stack":"at f (https://h/a.js?v=1:2)\n\u001b[31mat g","client":"console 1","page":"/s/s1?q=2","session":"s1","other":[1]}""");

        Assert.Equal(HttpStatusCode.Accepted, status);
        var line = Assert.Single(world.Lines.Of(Reported));
        Assert.Equal("A client of dev (console 1, /s/s1) reports TypeError: x is undefined at f (https://h/a.js) [31mat g", line.Text);
        Assert.Equal(("dev", "s1"), (line.About["Tenant"], line.About["Session"]));
        using var http = world.Http();
        Assert.Equal(1, Exposition.Parse(await http.GetStringAsync(new Uri("/metrics", UriKind.Relative))).Value("toolruntime_client_errors_total", "outcome=\"logged\""));
    }

    [Fact]
    public async Task Report_SecretsAndMuchText_AreNotLogged()
    {
        await using var world = await World.StartAsync();
        var (token, text) = (TestKey.Ann.Token, new string('x', 12_000));

        await world.PostAsync(Path, $$"""{"message":"Bearer abcdefghijklmnop failed with {{token}}","stack":"{\"password\":\"hidden\"} sk-abcdefghijklmnopqrstuvwxyz0123 {{text}}"}""");

        var line = Assert.Single(world.Lines.Of(Reported)).Text;
        Assert.All([token, "abcdefghijklmnop", "hidden", "sk-abc"], secret => Assert.DoesNotContain(secret, line, StringComparison.Ordinal));
        Assert.InRange(line.Length, 7_000, 9_000);
    }

    [Theory]
    [InlineData("{}", HttpStatusCode.BadRequest, "invalid_command")]
    [InlineData("""{"message":1}""", HttpStatusCode.BadRequest, "invalid_command")]
    [InlineData("""{"message":" "}""", HttpStatusCode.BadRequest, "invalid_command")]
    [InlineData("[]", HttpStatusCode.BadRequest, "invalid_command")]
    [InlineData("nonsense", HttpStatusCode.BadRequest, "invalid_command")]
    public async Task Report_SaysNothing_IsRefused(string body, HttpStatusCode status, string code)
    {
        await using var world = await World.StartAsync();

        HttpCaller.AssertError(await world.PostAsync(Path, body), status, code);

        Assert.Empty(world.Lines.Of(Reported));
    }

    [Fact]
    public async Task Report_BeyondSizeOrRate_IsRefusedAndNotLogged()
    {
        await using var world = await World.StartAsync(("Http:ClientErrorsPerMinute", 3));

        HttpCaller.AssertError(await world.PostAsync(Path, JsonSerializer.Serialize(new { message = new string('x', 20_000) })), HttpStatusCode.RequestEntityTooLarge, "too_large");
        for (var i = 0; i < 2; i++) Assert.Equal(HttpStatusCode.Accepted, (await world.PostAsync(Path, """{"message":"x"}""")).Status);
        var refused = await world.PostAsync(Path, """{"message":"x"}""");

        HttpCaller.AssertError(refused, HttpStatusCode.TooManyRequests, "rate_limited");
        Assert.Equal(20_000, refused.Body.GetProperty("error").GetProperty("retryAfterMs").GetInt32());
        Assert.Equal(2, world.Lines.Of(Reported).Count());
    }

    [Fact]
    public async Task Report_NotWanted_IsForbidden()
    {
        await using var world = await World.StartAsync(("Http:ClientErrorsPerMinute", 0));

        HttpCaller.AssertError(await world.PostAsync(Path, """{"message":"x"}"""), HttpStatusCode.Forbidden, "forbidden");
    }
}
