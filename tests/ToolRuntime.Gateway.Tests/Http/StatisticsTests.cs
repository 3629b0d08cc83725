using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.Tests.Security;

namespace ToolRuntime.Gateway.Tests.Http;

/// <summary>Statistics of tools on the whole server, and settings of fallbacks.</summary>
public sealed class StatisticsTests
{
    private static readonly TestKey Ann = new("ann1", "acme", "ann") { Scopes = ["sessions:read", "sessions:write", "tools:run"] };
    private static readonly TestKey Eve = new("eve1", "acme", "eve") { Scopes = ["sessions:read"] };
    private static readonly TestKey Ops = new("ops1", "acme", "olga") { Scopes = ["metrics:read"] };
    private static readonly TestKey Other = new("oth1", "else", "otto") { Scopes = ["metrics:read", "sessions:read", "sessions:all"] };

    [Fact]
    public async Task Get_AfterCalls_HasThemForWhoMaySeeThem()
    {
        await using var server = await TenantServer.StartAsync([("Statistics:ReportEvery", "00:00:00.1"), .. TestKey.Settings(Ann, Eve, Ops, Other)]);
        using var ann = server.Http(Ann);
        await RunAsync(ann, "echo hi");
        await RunAsync(ann, "exit 3");

        var (_, own) = await GetAsync(server, Ann, "/v1/statistics?session=s1&window=day");
        Assert.Equal(
            (2, 1, 1, 3_600_000L, "day", 1),
            (own.GetProperty("total").GetProperty("calls").GetInt32(), own.GetProperty("total").GetProperty("completed").GetInt32(),
            own.GetProperty("total").GetProperty("failed").GetInt32(), own.GetProperty("stepMs").GetInt64(), own.GetProperty("window").GetString(), own.GetProperty("series").GetArrayLength()));
        Assert.Equal("shell", own.GetProperty("tools")[0].GetProperty("tool").GetString());
        Assert.True(own.GetProperty("tools")[0].GetProperty("p99Ms").GetDouble() > 0);

        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(server, Ann, "/v1/statistics")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(server, Eve, "/v1/statistics?session=s1")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(server, Other, "/v1/statistics?session=s1")).Status);
        await WireAssert.EventuallyAsync(async () => (await GetAsync(server, Ops, "/v1/statistics")).Body.GetProperty("total").GetProperty("calls").GetInt32() == 2);
        Assert.Equal(0, (await GetAsync(server, Other, "/v1/statistics")).Body.GetProperty("total").GetProperty("calls").GetInt32());
    }

    [Theory]
    [InlineData("nobody", "ToolRuntime:Tools:web_search:Fallback names 'nobody', which is no tool of this server.")]
    [InlineData("web_search", "ToolRuntime:Tools:web_search:Fallback leads in a circle: web_search -> web_search.")]
    public async Task Start_WrongFallback_EndsWithTheSetting(string fallback, string message)
    {
        var wrong = await Assert.ThrowsAsync<OptionsValidationException>(() => TenantServer.StartAsync(("Tools:web_search:Fallback:0", fallback)));

        Assert.Equal(message, wrong.Message);
    }

    private static async Task RunAsync(HttpClient http, string command)
    {
        using var response = await http.PostAsJsonAsync(
            new Uri("/v1/tools/execute", UriKind.Relative), new { tool = "shell", arguments = new { command }, session = "s1" });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(TenantServer server, TestKey key, string path)
    {
        using var http = server.Http(key);
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative));
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }
}
