using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using ToolRuntime.Gateway.Tests.Http;

namespace ToolRuntime.Gateway.Tests.Tracing;

/// <summary>What a command's <c>traceparent</c> becomes, on the whole server.</summary>
public sealed class TraceTests : IDisposable
{
    private const string Run = """{"type":"tools.run","calls":[{"tool":"shell","arguments":{"command":"true"}}]}""";

    private readonly ConcurrentQueue<Activity> ended = new();
    private readonly ActivityListener listener;
    private readonly ActivityTraceId trace = ActivityTraceId.CreateRandom();
    private readonly ActivitySpanId span = ActivitySpanId.CreateRandom();

    public TraceTests()
    {
        listener = new()
        {
            ShouldListenTo = source => source.Name == "ToolRuntime",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
    }

    public void Dispose() => listener.Dispose();

    private string TraceParent => $"00-{trace}-{span}-01";

    [Fact]
    public async Task Command_WithTraceParent_IsTheParentOfItsExecution()
    {
        await using var world = await RealWorld.StartAsync();

        await PostAsync(world, "/v1/sessions/s1/commands", Run[..^1] + $$""","traceparent":"{{TraceParent}}"}""");

        await CheckAsync("tools.run");
    }

    [Fact]
    public async Task Request_WithHeader_IsTheParentOfItsExecution()
    {
        await using var world = await RealWorld.StartAsync();

        await PostAsync(world, "/v1/tools/execute", """{"tool":"shell","arguments":{"command":"true"}}""", TraceParent);

        await CheckAsync("tools.run");
    }

    [Fact]
    public async Task Message_WhoseReplyCallsATool_IsTheParentOfItsExecution()
    {
        await using var world = await RealWorld.StartAsync();

        using var http = world.Http();
        using var request = HttpCaller.Post("/v1/sessions/s1/messages", """{"text":"/shell {\"command\":\"true\"}"}""");
        request.Headers.Add("Accept", "text/event-stream");
        request.Headers.Add("traceparent", TraceParent);
        using var response = await http.SendAsync(request); // until the reply has ended

        await CheckAsync("message.send", questions: 2);
        var command = Mine.Single(activity => activity.OperationName == "command");
        var questions = Mine.Where(activity => activity.OperationName == "chat").OrderBy(activity => activity.StartTimeUtc).ToArray();
        Assert.All(questions, question => Assert.Equal(command.SpanId, question.ParentSpanId));
        Assert.Equal([1, 2], questions.Select(question => question.GetTagItem("toolruntime.round")));
        Assert.Equal("directive", questions[0].GetTagItem("gen_ai.request.model"));
    }

    /// <summary>Orleans names the trace in the same place as we do, and goes between the command and its execution.</summary>
    [Fact]
    public async Task Command_WhileGrainCallsAreTraced_IsStillTheOriginOfItsExecution()
    {
        var calls = new ConcurrentQueue<Activity>();
        using var orleans = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("Microsoft.Orleans", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.Parent.TraceId == trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = calls.Enqueue,
        };
        ActivitySource.AddActivityListener(orleans);
        await using var world = await RealWorld.StartAsync(null, null, ("/Orleans:EnableDistributedTracing", true));

        await PostAsync(world, "/v1/sessions/s1/commands", Run[..^1] + $$""","traceparent":"{{TraceParent}}"}""");

        await WireAssert.EventuallyAsync(() => Mine.Count() == 2);
        var (command, tool) = (Mine.Single(activity => activity.OperationName == "command"), Mine.Single(activity => activity.OperationName == "execute_tool"));
        var above = new List<ActivitySpanId>();
        for (var at = tool.ParentSpanId; at != command.SpanId; at = calls.Single(call => call.SpanId == at).ParentSpanId) above.Add(at);
        Assert.NotEmpty(above);
        Assert.Contains(calls, call => call.ParentSpanId == command.SpanId && call.OperationName.Contains("Execute", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Command_WithMalformedTraceParent_BeginsATraceOfItsOwn()
    {
        await using var world = await RealWorld.StartAsync();

        var answer = await PostAsync(world, "/v1/sessions/s1/commands", Run[..^1] + ""","traceparent":"00-nonsense"}""");

        var execution = answer.GetProperty("executionIds")[0].GetString();
        await WireAssert.EventuallyAsync(() => ended.Any(activity => Equals(activity.GetTagItem("toolruntime.execution"), execution)));
        var tool = ended.Single(activity => Equals(activity.GetTagItem("toolruntime.execution"), execution));
        var command = ended.Single(activity => activity.SpanId == tool.ParentSpanId);
        Assert.Equal(default, command.ParentSpanId);
        Assert.Equal(command.TraceId, tool.TraceId);
    }

    private async Task CheckAsync(string type, int questions = 0)
    {
        await WireAssert.EventuallyAsync(() => Mine.Count() == 2 + questions);
        var command = Mine.Single(activity => activity.OperationName == "command");
        var tool = Mine.Single(activity => activity.OperationName == "execute_tool");
        Assert.Equal(span, command.ParentSpanId);
        Assert.Equal(type, command.GetTagItem("toolruntime.command"));
        Assert.Equal(command.SpanId, tool.ParentSpanId);
        Assert.Equal("shell", tool.GetTagItem("gen_ai.tool.name"));
        Assert.Equal(ActivityStatusCode.Unset, tool.Status);
    }

    private IEnumerable<Activity> Mine => ended.Where(activity => activity.TraceId == trace);

    private static async Task<JsonElement> PostAsync(RealWorld world, string path, string json, string? traceparent = null)
    {
        using var http = world.Http();
        using var request = HttpCaller.Post(path, json);
        if (traceparent is not null) request.Headers.Add("traceparent", traceparent);
        var response = await http.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}
