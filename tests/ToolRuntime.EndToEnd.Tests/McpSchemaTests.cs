using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ToolRuntime.EndToEnd.Tests.Support;

namespace ToolRuntime.EndToEnd.Tests;

/// <summary>
/// Tools of a real MCP server whose schemas have keywords that are easily passed over: what does not fit never reaches the server, and the
/// error says what.
/// </summary>
public sealed class McpSchemaTests : IAsyncLifetime, IDisposable
{
    private TestServer server = null!;
    private HttpClient http = null!;

    public async Task InitializeAsync()
    {
        server = await TestServer.StartAsync(McpServers.Schemas);
        http = new() { BaseAddress = server.Address, Timeout = Limits.Timeout };
        using var limit = new CancellationTokenSource(Limits.Timeout);
        while ((await ExecuteAsync("contains", "{}")).Status != HttpStatusCode.OK)
        {
            Assert.False(limit.IsCancellationRequested, $"The server's tools are not offered: {server.Process.Output}");
        }
    }

    public async Task DisposeAsync() => await server.DisposeAsync();

    public void Dispose() => http.Dispose();

    [Theory]
    [InlineData("dependentRequired", """{"card":"1","billing":"x"}""", """{"card":"1"}""", "'billing', since it has 'card'")]
    [InlineData("dependentSchemas", """{"card":"1","billing":"x"}""", """{"card":"1"}""", "billing")]
    [InlineData("contains", """{"to":["you","me"]}""", """{"to":["you"]}""", "must contain an item that fits")]
    [InlineData("contains", """{"to":["me"]}""", """{"to":["me","me"]}""", "/to must contain more or fewer items")]
    [InlineData("propertyNames", """{"labels":{"a":1}}""", """{"labels":{"A":1}}""", "whose name must")]
    [InlineData("unevaluated", """{"a":"1","b":"2"}""", """{"a":"1","c":"2"}""", "/c")]
    [InlineData("prefixItems", """{"at":[1,2]}""", """{"at":[1,2,3]}""", "/at")]
    [InlineData("conditional", """{"kind":"web","url":"x"}""", """{"kind":"web"}""", "url")]
    [InlineData("draft7", """{"card":"1","billing":"x"}""", """{"card":"1"}""", "billing")]
    public async Task Execute_KeywordOfTheServersSchema_Counts(string tool, string fits, string doesNot, string said)
    {
        var ran = await ExecuteAsync(tool, fits);
        var refused = await ExecuteAsync(tool, doesNot);

        Assert.Equal((HttpStatusCode.OK, "completed"), (ran.Status, ran.Body.GetProperty("state").GetString()));
        var got = ran.Body.GetProperty("result").GetProperty("text").GetString()!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(fits), JsonNode.Parse(got)), got);
        var error = refused.Body.GetProperty("error");
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "invalid_arguments"), (refused.Status, error.GetProperty("code").GetString()));
        Assert.Contains(said, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> ExecuteAsync(string tool, string arguments)
    {
        using var content = new StringContent($$"""{"tool":"schemas__{{tool}}","arguments":{{arguments}}}""", Encoding.UTF8, "application/json");
        using var response = await http.PostAsync("/v1/tools/execute", content);
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }
}
