using System.Globalization;
using System.Net;
using System.Text.Json;
using ToolRuntime.Gateway.Tests.Security;

namespace ToolRuntime.Gateway.Tests.Http;

/// <summary><c>GET /v1/usage</c> and quotas, on the whole server.</summary>
public sealed class UsageTests
{
    private static readonly TestKey Ann = new("ann1", "acme", "ann");
    private static readonly TestKey Bob = new("bob1", "acme", "bob");
    private static readonly TestKey Other = new("other1", "else", "ann") { Scopes = ["sessions:read", "usage:read"] };
    private static readonly TestKey Bills = new("bills1", "acme", "billing") { Scopes = ["usage:read"] };
    private static readonly TestKey Blind = new("blind1", "acme", "ann") { Scopes = ["tools:run"] };

    private static readonly (string, object)[] Settings =
    [
        .. TestKey.Settings(Ann, Bob, Other, Bills, Blind), ("Usage:ReportEvery", "00:00:00.05"), ("Quotas:Patience", "00:00:20"), ("Quotas:User:Tools:file_write:Day:Calls", 1),
        ("Tools:file_write:PricePerCall", "0.25"),
    ];

    [Fact]
    public async Task Get_EachCaller_SeesWhatItMay()
    {
        await using var world = await RealWorld.StartAsync(settings: Settings);
        await WriteAsync(world, Ann);
        await WriteAsync(world, Bob);

        await UntilAsync(world, Bills, "?user=*", usage => Calls(usage) == 2);
        await UntilAsync(world, Ann, "", usage => Calls(usage) == 1);

        var (_, own) = await GetAsync(world, Ann, "?tool=file_write");
        var row = own.GetProperty("rows").EnumerateArray().Single();
        Assert.Equal(("file_write", 0.25m, "ann"), (row.GetProperty("tool").GetString(), row.GetProperty("money").GetDecimal(), own.GetProperty("user").GetString()));
        Assert.Equal(row.GetProperty("day").GetString(), DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Assert.Equal("""["user_tool",1,1]""", JsonSerializer.Serialize(own.GetProperty("quotas").EnumerateArray().Select(quota => new object[] { quota.GetProperty("scope").GetString()!, quota.GetProperty("limit").GetInt32(), quota.GetProperty("used").GetInt32() }).Single()));
        Assert.Equal(0, Calls((await GetAsync(world, Ann, "?tool=shell")).Body));
        Assert.Equal(0, Calls((await GetAsync(world, Ann, "?to=2026-01-31")).Body));
        Assert.Equal(1, Calls((await GetAsync(world, Bills, "?user=bob")).Body));
        Assert.Equal(0, Calls((await GetAsync(world, Other, "?user=*")).Body));
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(world, Ann, "?user=*")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(world, Ann, "?user=bob")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(world, Blind, "")).Status);
    }

    [Theory]
    [InlineData("?from=yesterday")]
    [InlineData("?from=9999-12-01&to=9999-12-31")]
    [InlineData("?from=2026-11-02&to=2026-11-01")]
    [InlineData("?from=2020-01-01&to=2026-11-01")]
    public async Task Get_UnusableDays_IsRefused(string query)
    {
        await using var world = await RealWorld.StartAsync(settings: Settings);

        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync(world, Ann, query)).Status);
    }

    [Fact]
    public async Task Execute_OverTheQuotaAndAfterARestart_IsRefusedAndSaysUntilWhen()
    {
        var folder = Directory.CreateTempSubdirectory("usage-");
        await using (var world = await RealWorld.StartAsync(folder.FullName, settings: Settings))
        {
            Assert.Equal("completed", (await WriteAsync(world, Ann)).Execution.GetProperty("state").GetString());
            CheckRefused(await WriteAsync(world, Ann));
        }

        await using (var again = await RealWorld.StartAsync(folder.FullName, settings: Settings))
        {
            CheckRefused(await WriteAsync(again, Ann));
            Assert.Equal("completed", (await WriteAsync(again, Bob)).Execution.GetProperty("state").GetString());
            await UntilAsync(again, Bills, "?user=*", usage => Calls(usage) == 2);
        }

        folder.Delete(recursive: true);
    }

    private static void CheckRefused((JsonElement Execution, TimeSpan? RetryAfter) answer)
    {
        var error = answer.Execution.GetProperty("error");
        Assert.Equal(("failed", "quota_exceeded", false), (answer.Execution.GetProperty("state").GetString(), error.GetProperty("code").GetString(), error.GetProperty("retryable").GetBoolean()));
        Assert.InRange(answer.RetryAfter!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        var details = error.GetProperty("details");
        Assert.Equal(("user_tool", "file_write", "calls", "day", 1, 1), (Text("scope"), Text("tool"), Text("measure"), Text("period"), details.GetProperty("limit").GetInt32(), details.GetProperty("used").GetInt32()));
        Assert.EndsWith("T00:00:00Z", Text("until"), StringComparison.Ordinal);

        string Text(string name) => details.GetProperty(name).GetString()!;
    }

    private static async Task<(JsonElement Execution, TimeSpan? RetryAfter)> WriteAsync(RealWorld world, TestKey key)
    {
        using var http = Http(world, key);
        using var request = HttpCaller.Post("/v1/tools/execute", """{"tool":"file_write","arguments":{"path":"a.txt","content":"a"}}""");
        using var response = await http.SendAsync(request);
        var body = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (body, response.Headers.RetryAfter?.Delta);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(RealWorld world, TestKey key, string query)
    {
        using var http = Http(world, key);
        using var response = await http.GetAsync(new Uri($"/v1/usage{query}", UriKind.Relative));
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }

    private static Task UntilAsync(RealWorld world, TestKey key, string query, Func<JsonElement, bool> holds) =>
        WireAssert.EventuallyAsync(async () => await GetAsync(world, key, query) is { Status: HttpStatusCode.OK } answer && holds(answer.Body));

    private static int Calls(JsonElement usage) => usage.GetProperty("total").GetProperty("calls").GetInt32();

    private static HttpClient Http(RealWorld world, TestKey key)
    {
        var http = world.Http();
        http.DefaultRequestHeaders.Authorization = new("Bearer", key.Token);
        return http;
    }
}
