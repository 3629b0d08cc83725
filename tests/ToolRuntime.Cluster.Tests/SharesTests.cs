using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ToolRuntime.Cluster.Tests.Support;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.Cluster.Tests;

/// <summary>Links to replays hold at every gateway, and do not die with the silo that made them.</summary>
public sealed class SharesTests
{
    [Fact]
    public async Task Link_MadeAtOneGateway_HoldsAtTheOtherAndOverASilosDeath()
    {
        await using var cluster = await TestCluster.StartAsync();
        using var one = await HttpAsync(cluster, 0);
        using var other = await HttpAsync(cluster, 1);
        using var run = await PostAsync(one, "/v1/tools/execute", new() { ["tool"] = "file_write", ["session"] = "s1", ["arguments"] = new JsonObject { ["path"] = "f", ["content"] = "x" } });
        Assert.True(run.IsSuccessStatusCode);
        using var made = await PostAsync(one, "/v1/sessions/s1/shares", []);
        var link = await made.Content.ReadFromJsonAsync<JsonElement>();
        var path = $"/v1/shared/{link.GetProperty("token").GetString()}";
        Assert.Contains("file_write", await other.GetStringAsync(new Uri($"{path}/recording?format=text", UriKind.Relative)), StringComparison.Ordinal);

        await cluster.Silos[0].KillAsync();
        Assert.Contains("file_write", await other.GetStringAsync(new Uri($"{path}/recording?format=text", UriKind.Relative)), StringComparison.Ordinal);

        using var revoked = await other.DeleteAsync(new Uri($"/v1/sessions/s1/shares/{link.GetProperty("share").GetProperty("shareId").GetString()}", UriKind.Relative));
        Assert.True(revoked.IsSuccessStatusCode, await revoked.Content.ReadAsStringAsync());
        using var gone = await one.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    private static async Task<HttpClient> HttpAsync(TestCluster cluster, int gateway) => new() { BaseAddress = await cluster.Gateways[gateway].Listening, Timeout = Limits.Timeout };

    private static Task<HttpResponseMessage> PostAsync(HttpClient http, string path, JsonObject body) => http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
}
