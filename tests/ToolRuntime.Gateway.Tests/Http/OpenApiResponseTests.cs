using System.Globalization;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using ToolRuntime.Gateway.Http;
using ToolRuntime.Schemas;

namespace ToolRuntime.Gateway.Tests.Http;

/// <summary>What the whole server really answers, against the document's schemas.</summary>
public sealed class OpenApiResponseTests : IAsyncLifetime
{
    private static readonly JsonNode Document = JsonNode.Parse(OpenApiDocument.Open())!;

    private RealWorld world = null!;

    public async Task InitializeAsync() => world = await RealWorld.StartAsync();

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task Responses_OfEveryJsonOperation_AreAsDescribed()
    {
        await CheckAsync("/healthz");
        await CheckAsync("/readyz");
        await CheckAsync("/v1/openapi.json");
        await CheckAsync("/v1/tools");
        await CheckAsync("/v1/tools/schemas");
        var sent = await CheckAsync("/v1/sessions/{session}/messages", "/v1/sessions/s1/messages", """{"text":"/shell {\"command\":\"echo hi\"}"}""");
        await EndOfAsync("s1", sent.GetProperty("replyId").GetString()!);
        await CheckAsync("/v1/sessions/{session}/messages", "/v1/sessions/s1/messages?limit=1");
        await CheckAsync("/v1/sessions/{session}/messages", "/v1/sessions/s1/messages");
        await CheckAsync("/v1/sessions/{session}/events", "/v1/sessions/s1/events?after=start&limit=5");
        await CheckAsync("/v1/sessions/{session}/events", "/v1/sessions/s1/events");
        await CheckAsync("/v1/sessions/{session}", "/v1/sessions/s1");
        await CheckAsync("/v1/tools/execute", "/v1/tools/execute", """{"tool":"file_write","arguments":{"path":"a/b.txt","content":"b"},"session":"s1"}""");
        await CheckAsync("/v1/sessions/{session}/files", "/v1/sessions/s1/files?recursive=true");
        await CheckAsync("/v1/sessions/{session}/files", "/v1/sessions/s1/files?path=a&limit=1");
        foreach (var route in (string[])["files/content", "files"])
        {
            await ChangeAsync(HttpMethod.Put, route);
            await ChangeAsync(HttpMethod.Put, route);
            await ChangeAsync(HttpMethod.Delete, route);
            await ChangeAsync(HttpMethod.Delete, route);
        }

        const string processes = "/v1/sessions/{session}/named-processes", web = "/v1/sessions/s1/named-processes/web";
        using (var put = HttpCaller.Post($"{web}?start=true", """{"command":"exit 3","restart":{"policy":"on_failure","maxRestarts":0}}"""))
        {
            put.Method = HttpMethod.Put;
            await CheckAsync($"{processes}/{{name}}", put);
        }

        await CheckAsync(processes, "/v1/sessions/s1/named-processes");
        await CheckAsync($"{processes}/{{name}}", web);
        foreach (var what in (string[])["restart", "start", "stop"]) await CheckAsync($"{processes}/{{name}}/{what}", $"{web}/{what}", "{}");
        var made = await CheckAsync("/v1/sessions/{session}/shares", "/v1/sessions/s1/shares", """{"from":2,"label":"for Bob"}""");
        await CheckAsync("/v1/sessions/{session}/shares", "/v1/sessions/s1/shares");
        await CheckAsync("/v1/shared/{token}", $"/v1/shared/{made.GetProperty("token").GetString()}");
        using (var revoke = new HttpRequestMessage(HttpMethod.Delete, $"/v1/sessions/s1/shares/{made.GetProperty("share").GetProperty("shareId").GetString()}"))
        {
            await CheckAsync("/v1/sessions/{session}/shares/{share}", revoke);
        }

        await CheckAsync("/v1/sessions/{session}/commands", "/v1/sessions/s1/commands", """{"type":"session.configure","parameters":{"a":1}}""");
        var executed = await CheckAsync("/v1/tools/execute", "/v1/tools/execute", """{"tool":"shell","arguments":{"command":"exit 3"}}""");
        await CheckAsync("/v1/tools/execute", "/v1/tools/execute", """{"tool":"shell","arguments":{"command":"true"},"mode":"async","session":"s2"}""");
        await CheckAsync("/v1/jobs/{id}", $"/v1/jobs/{executed.GetProperty("jobId").GetString()}");
        await CheckAsync("/v1/sessions", "/v1/sessions?limit=1");
        await CheckAsync("/v1/statistics", "/v1/statistics?window=day&tool=shell");
        await CheckAsync("/v1/statistics", "/v1/statistics?session=s1");
        await CheckAsync("/v1/processes/history", "/v1/processes/history?top=2");
        using (var http = world.Http())
        {
            await WireAssert.EventuallyAsync(async () => (await http.GetFromJsonAsync<JsonElement>(new Uri("/v1/search?q=echo", UriKind.Relative))).GetProperty("hits").GetArrayLength() > 1);
        }

        await CheckAsync("/v1/search", "/v1/search?q=echo&limit=1");
        await using var client = await WireClient.TryConnectAsync(Socket(), world.WebSocketAddress);
        await client!.OpenAsync("s1");
        await CheckAsync("/v1/connections");
        await CheckAsync("/v1/notices", "/v1/notices", """{"to":{"session":"s1"},"text":"hello","level":"warning","ttlMs":60000}""");
        await CheckAsync("/v1/notices", "/v1/notices?session=s1");
        await CheckAsync("/v1/usage");
        await CheckAsync("/openai/v1/models");
        await CheckAsync("/openai/v1/models/{model}", "/openai/v1/models/directive");
        await CheckAsync("/openai/v1/chat/completions", "/openai/v1/chat/completions", """{"model":"directive","messages":[{"role":"user","content":"hi"}]}""");
        var response = await CheckAsync("/openai/v1/responses", "/openai/v1/responses", """{"model":"directive","input":"/shell echo hi\n/computer"}""");
        await CheckAsync("/openai/v1/responses/{response}", $"/openai/v1/responses/{response.GetProperty("id").GetString()}");
        await CheckAsync("/openai/v1/responses/{response}/cancel", $"/openai/v1/responses/{response.GetProperty("id").GetString()}/cancel", "{}");
        await CheckAsync("/v1/client-errors", "/v1/client-errors", """{"message":"x is undefined","name":"TypeError","session":"s1"}""");
    }

    [Theory]
    [InlineData("/v1/sessions/{session}", "/v1/sessions/none", null)]
    [InlineData("/v1/sessions/{session}/messages", "/v1/sessions/s1/messages?limit=0", null)]
    [InlineData("/v1/sessions/{session}/messages", "/v1/sessions/s1/messages", "nonsense")]
    [InlineData("/v1/sessions/{session}/named-processes/{name}/start", "/v1/sessions/s1/named-processes/nobody/start", "{}")]
    [InlineData("/v1/sessions/{session}/shares", "/v1/sessions/none/shares", "{}")]
    [InlineData("/v1/shared/{token}", "/v1/shared/none", null)]
    [InlineData("/v1/sessions/{session}/executions/{execution}/live", "/v1/sessions/none/executions/x/live", null)]
    [InlineData("/v1/connections", "/v1/connections?limit=0", null)]
    [InlineData("/v1/statistics", "/v1/statistics?window=year", null)]
    [InlineData("/v1/statistics", "/v1/statistics?session=none", null)]
    [InlineData("/v1/processes/history", "/v1/processes/history?top=0", null)]
    [InlineData("/v1/client-errors", "/v1/client-errors", "{}")]
    [InlineData("/v1/notices", "/v1/notices", "{}")]
    [InlineData("/v1/notices", "/v1/notices?session=none", null)]
    [InlineData("/v1/usage", "/v1/usage?from=2026-11-31", null)]
    [InlineData("/openai/v1/models/{model}", "/openai/v1/models/none", null)]
    [InlineData("/openai/v1/chat/completions", "/openai/v1/chat/completions", "{}")]
    [InlineData("/openai/v1/chat/completions", "/openai/v1/chat/completions", """{"model":"none","messages":[{"role":"user","content":"hi"}]}""")]
    [InlineData("/openai/v1/responses", "/openai/v1/responses", "{}")]
    [InlineData("/openai/v1/responses/{response}", "/openai/v1/responses/none", null)]
    [InlineData("/openai/v1/responses/{response}/cancel", "/openai/v1/responses/none/cancel", "{}")]
    [InlineData("/v1/jobs/{id}", "/v1/jobs/none:none", null)]
    [InlineData("/v1/jobs/{id}/cancel", "/v1/jobs/none:none/cancel", "{}")]
    [InlineData("/v1/tools/execute", "/v1/tools/execute", """{"tool":"nobody","arguments":{}}""")]
    [InlineData("/v1/tools/execute", "/v1/tools/execute", """{"tool":"shell","arguments":{}}""")]
    public async Task Refusals_AreAsDescribed(string route, string path, string? body) => await CheckAsync(route, path, body);

    private Task<JsonElement> CheckAsync(string path) => CheckAsync(path, path);

    private async Task ChangeAsync(HttpMethod method, string route)
    {
        using var request = new HttpRequestMessage(method, $"/v1/sessions/s1/{route}?path=made");
        await CheckAsync($"/v1/sessions/{{session}}/{route}", request);
    }

    private async Task<JsonElement> CheckAsync(string route, string path, string? body = null)
    {
        using var request = body is null ? new HttpRequestMessage(HttpMethod.Get, path) : HttpCaller.Post(path, body);
        return await CheckAsync(route, request);
    }

    private async Task<JsonElement> CheckAsync(string route, HttpRequestMessage request)
    {
        using var http = world.Http();
        using var response = await http.SendAsync(request);
        var json = await response.Content.ReadFromJsonAsync<JsonElement>();
        var operation = Document["paths"]![route]![request.Method.Method.ToLowerInvariant()]!;
        var status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        var described = operation["responses"]![status];
        Assert.True(described is not null, $"{route} answers {status}, which the document does not describe: {json}");
        var violation = SchemaOf(described).Validate(json);
        Assert.True(violation is null, $"{request.Method} {request.RequestUri}: {violation} in {json}");
        return json;
    }

    private static ClientWebSocket Socket()
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("toolruntime.v1");
        return socket;
    }

    private static JsonSchema SchemaOf(JsonNode response)
    {
        if (response["$ref"]?.GetValue<string>() is { } name) response = name.Split('/').Skip(1).Aggregate(Document, (at, part) => at[part]!);
        var schema = response["content"]!["application/json"]!["schema"]!;
        var whole = new JsonObject { ["allOf"] = new JsonArray(schema.DeepClone()), ["components"] = Document["components"]!.DeepClone() };
        return JsonSchema.Compile(JsonSerializer.SerializeToElement(whole));
    }

    /// <summary>Reads the session's events until a reply has ended.</summary>
    private async Task EndOfAsync(string session, string reply)
    {
        using var http = world.Http();
        using var patience = new CancellationTokenSource(World.Patience);
        http.DefaultRequestHeaders.Accept.Add(new("text/event-stream"));
        using var reader = new StreamReader(await http.GetStreamAsync(new Uri($"/v1/sessions/{session}/events?after=start", UriKind.Relative), patience.Token));
        while (await reader.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.Contains(reply, StringComparison.Ordinal) && line.Contains("\"to\":\"completed\"", StringComparison.Ordinal)) return;
        }
    }
}
