using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net.Http.Json;
using System.Text.Json;
using OpenAI;
using ToolRuntime.Gateway.Tests.Fakes;
using ToolRuntime.Gateway.Tests.Security;
using ToolRuntime.Models;

namespace ToolRuntime.Gateway.Tests.Projections;

/// <summary>The whole server with a key and a scripted model, and OpenAI's own client for it.</summary>
internal sealed class StockWorld : IAsyncDisposable
{
    private StockWorld(RealWorld server, ScriptedModel model) => (Server, Model, Http) = (server, model, Authorized(server));

    public RealWorld Server { get; }

    public ScriptedModel Model { get; }

    /// <summary>Calls with the key.</summary>
    public HttpClient Http { get; }

    /// <summary>What a user writes as the base address.</summary>
    public Uri BaseAddress => new(Server.Address, "/openai/v1");

    public static TestKey Key { get; } = TestKey.Ann;

    public static async Task<StockWorld> StartAsync(string? data = null, params (string Name, object Value)[] settings)
    {
        var model = new ScriptedModel();
        var server = await RealWorld.StartAsync(services => services.AddModel(ScriptedModel.Name, _ => model), data, null, [.. TestKey.Settings(Key), .. settings]);
        return new(server, model);
    }

    /// <summary>OpenAI's client; it repeats nothing, so that what it is told is seen.</summary>
    public OpenAIClient Client(string? key = null) =>
        new(new ApiKeyCredential(key ?? Key.Token), new OpenAIClientOptions { Endpoint = BaseAddress, RetryPolicy = new ClientRetryPolicy(0), NetworkTimeout = World.Patience });

    /// <summary>A command of a session.</summary>
    public async Task CommandAsync(string session, object command)
    {
        using var answer = await Http.PostAsJsonAsync($"/v1/sessions/{session}/commands", command);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>The view of a session.</summary>
    public async Task<JsonElement> ViewAsync(string session) => (await Http.GetFromJsonAsync<JsonElement>($"/v1/sessions/{session}")).GetProperty("view");

    /// <summary>Waits until something of a session's view is so.</summary>
    public Task UntilAsync(string session, Func<JsonElement, bool> condition) => WireAssert.EventuallyAsync(async () =>
    {
        using var answer = await Http.GetAsync(new Uri($"/v1/sessions/{session}", UriKind.Relative));
        return answer.IsSuccessStatusCode && condition((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("view"));
    });

    /// <summary>The newest reply of a view: its id, its state, its text.</summary>
    public static (string Id, string State, string Text) ReplyOf(JsonElement view)
    {
        var reply = view.GetProperty("messages").EnumerateArray().Last();
        return (reply.GetProperty("id").GetString()!, reply.GetProperty("state").GetString()!, reply.GetProperty("text").GetString()!);
    }

    /// <summary>Cancels the newest reply once so much of it is there.</summary>
    public async Task CancelAsync(string session, string text)
    {
        await UntilAsync(session, view => ReplyOf(view).Text == text);
        await CommandAsync(session, new { type = "message.cancel", messageId = ReplyOf(await ViewAsync(session)).Id });
    }

    /// <summary>The execution that awaits approval, if any.</summary>
    public static string? Awaiting(JsonElement view) => view.GetProperty("executions").EnumerateObject()
        .Where(execution => execution.Value.GetProperty("state").ValueEquals("awaiting_approval")).Select(execution => execution.Name).FirstOrDefault();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Model.Release();
        await Server.DisposeAsync();
        Model.Dispose();
    }

    private static HttpClient Authorized(RealWorld server)
    {
        var http = server.Http();
        http.DefaultRequestHeaders.Authorization = new("Bearer", Key.Token);
        return http;
    }
}
