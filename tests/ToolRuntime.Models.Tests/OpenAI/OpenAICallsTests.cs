using Microsoft.Extensions.AI;
using ToolRuntime.Models.Tests.Providers;

namespace ToolRuntime.Models.Tests.OpenAI;

/// <summary>Calls as compatible servers send them, with and without index and id.</summary>
public sealed class OpenAICallsTests
{
    private const string A = """ "arguments":"{\"command\":\"A\"}" """;
    private const string B = """ "arguments":"{\"command\":\"B\"}" """;
    private const string Begun = """ "arguments":"{\"command\":" """;
    private const string Rest = """ "arguments":"\"A\"}" """;

    [Theory]
    [InlineData("""{"index":0,"id":"a","function":{"name":"shell",%A%}}|{"index":0,"id":"b","function":{"name":"shell",%B%}}""", "a:A b:B")]
    [InlineData("""{"index":0,"id":"a","function":{"name":"shell",%A%}},{"index":0,"id":"b","function":{"name":"shell",%B%}}""", "a:A b:B")]
    [InlineData("""{"index":0,"function":{"name":"shell",%A%}}|{"index":0,"function":{"name":"shell",%B%}}""", "call_0:A call_1:B")]
    [InlineData("""{"index":1,"id":"b","function":{"name":"shell",%B%}}|{"index":0,"id":"a","function":{"name":"shell",%A%}}""", "a:A b:B")]
    public async Task Ask_NewIdWithAName_BeginsACall(string events, string calls) => Assert.Equal(calls, await AskAsync(events));

    [Theory]
    [InlineData("""{"index":0,"id":"a","function":{"name":"shell",%Begun%}}|{"index":0,"id":"z","function":{%Rest%}}""")]
    [InlineData("""{"id":"a","function":{"name":"shell",%Begun%}}|{"id":"z","function":{"arguments":"\"A\""}}|{"id":"z","function":{"arguments":"}"}}""")]
    [InlineData("""{"index":0,"id":"a","function":{"name":"shell",%Begun%}}|{"index":0,"id":"","function":{"name":"",%Rest%}}""")]
    public async Task Ask_OtherIdWithoutAName_GoesOnUnderTheFirst(string events) => Assert.Equal("a:A", await AskAsync(events));

    [Theory]
    [InlineData("""{"id":"a","function":{"name":"shell",%A%}},{"id":"b","function":{"name":"shell",%B%}}""", "a:A b:B")]
    [InlineData("""{"function":{"name":"shell",%A%}},{"function":{"name":"shell",%B%}}""", "call_0:A call_1:B")]
    [InlineData("""{"function":{"name":"shell",%A%}}|{"function":{"name":"shell",%B%}}""", "call_0:A call_1:B")]
    [InlineData("""{"id":"a","function":{%A%}}|{"id":"a","function":{"name":"shell"}}""", "a:A")]
    [InlineData("""{"id":"a","function":{"name":"shell",%Begun%}}|{"id":"a","function":{"name":"shell","arguments":"\"A\""}}|{"id":"a","function":{"arguments":"}"}}""", "a:A")]
    [InlineData("""{"id":"a","function":{"name":"shell",%A%}}|{"id":"a","function":{"name":"shell",%A%}}""", "a:A")]
    [InlineData("""{"id":"a","function":{"name":"shell","arguments":"{}"}}|{"id":"a","function":{%A%}}""", "a:A")]
    [InlineData("""{"function":{"name":"now"}}|{"function":{"name":"shell",%A%}}""", "call_0: call_1:A")]
    [InlineData("""{"id":"a","function":{"name":"shell",%Begun%}}|{"id":"b","function":{"name":"shell",%Begun%}}|{"id":"a","function":{%Rest%}}|{"id":"b","function":{%Rest%}}""", "a:A b:A")]
    public async Task Ask_WithoutIndex_CallsAreToldApart(string events, string calls) => Assert.Equal(calls, await AskAsync(events));

    [Theory]
    [InlineData("""{"index":0,"id":"a","function":{"name":"shell","arguments":{"command":"A"}}}""", "a:A")]
    [InlineData("""{"index":0,"id":"a","function":{"name":"shell","arguments":{}}}|{"index":0,"function":{%Begun%}}|{"index":0,"function":{"arguments":" "}}|{"index":0,"function":{%Rest%}}""", "a:A")]
    [InlineData("""{"index":0,"id":"a","function":{"name":"shell","arguments":[1]}}""", "a!")]
    [InlineData("""{"index":0,"id":"a","function":{"name":"shell","arguments":7}}""", "a!")]
    [InlineData("""{"index":0,"id":"a","function":{"name":"shell","arguments":null}}""", "a:")]
    public async Task Ask_ArgumentsThatAreNoText_AreTakenAsTheyAre(string events, string calls) => Assert.Equal(calls, await AskAsync(events));

    [Fact]
    public async Task Ask_ArgumentsNestedTooDeep_FailTheirCallAlone()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"a":""", 200)) + "1" + new string('}', 200);

        Assert.Equal("a! b:B", await AskAsync($$$"""{"index":0,"id":"a","function":{"name":"shell","arguments":{{{deep}}}}}|{"index":1,"id":"b","function":{"name":"shell",%B%}}"""));
    }

    [Theory]
    [InlineData("""{"index":0,"id":"call_1","function":{"name":"shell",%A%}}|{"index":1,"function":{"name":"shell",%B%}}""", "call_1:A call_2:B")]
    [InlineData("""{"index":0,"function":{"name":"shell",%A%}}|{"index":1,"id":"call_0","function":{"name":"shell",%B%}}""", "call_1:A call_0:B")]
    [InlineData("""{"index":0,"id":"a","function":{"name":"shell",%A%}}|{"index":1,"id":"a","function":{"name":"shell",%B%}}|{"index":2,"id":"call_1","function":{"name":"shell",%B%}}""", "a:A call_2:B call_1:B")]
    public async Task Ask_SubstituteId_IsNoneOfTheAnswersOwn(string events, string calls) => Assert.Equal(calls, await AskAsync(events));

    [Fact]
    public async Task Ask_OlderFunctionCall_IsACall()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(
            OpenAIEvents.Delta("""{"function_call":{"name":"shell","arguments":""}}"""), OpenAIEvents.Delta($$$"""{"function_call":{{{{A}}}}}"""),
            OpenAIEvents.Finish("function_call"), OpenAIEvents.Done);

        var response = await server.Client("openai/gpt-test").GetResponseAsync("Hi", Chats.Tools);

        Assert.Equal(("call_0:A", ChatFinishReason.ToolCalls), (Written(response), response.FinishReason));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    public async Task Ask_BlanksAroundDone_AndNoFinishReason_IsAnEnd(string blanks)
    {
        await using var server = await FakeProvider.StartAsync();
        var call = OpenAIEvents.Call($$$"""{"index":0,"id":"a","function":{"name":"shell",{{{A}}}}}""").Replace("\"finish_reason\":null", "\"finish_reason\":\"\"", StringComparison.Ordinal);
        server.Streams("data:\n\n", call, $"data: {blanks}\n\n", $"data: [DONE]{blanks}\n\n");

        var response = await server.Client("openai/gpt-test").GetResponseAsync("Hi", Chats.Tools);

        Assert.Equal(("a:A", ChatFinishReason.ToolCalls), (Written(response), response.FinishReason));
    }

    [Theory]
    [InlineData("")]
    [InlineData("""{"index":0,"id":"a","function":{"name":"shell","arguments":"{\"comm"}}""")]
    public async Task Ask_DoneWithoutAFinishReasonInTheMiddle_IsATransportError(string call)
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(call.Length == 0 ? OpenAIEvents.Role : OpenAIEvents.Call(call), OpenAIEvents.Done);

        await Assert.ThrowsAsync<IOException>(() => server.Client("openai/gpt-test").GetResponseAsync("Hi", Chats.Tools));
    }

    [Theory]
    [InlineData("max_tokens")]
    [InlineData("model_length")]
    public async Task Ask_OtherWordsForCutOff_AreLength(string theirs)
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(OpenAIEvents.Text("x"), OpenAIEvents.Finish(theirs), OpenAIEvents.Done);

        Assert.Equal(ChatFinishReason.Length, (await server.Client("openai/gpt-test").GetResponseAsync("Hi")).FinishReason);
    }

    /// <summary>The calls of events, divided by bars: id and command, or an exclamation mark where arguments can't be read.</summary>
    private static async Task<string> AskAsync(string events)
    {
        await using var server = await FakeProvider.StartAsync();
        foreach (var (mark, text) in new[] { ("%A%", A), ("%B%", B), ("%Begun%", Begun), ("%Rest%", Rest) }) events = events.Replace(mark, text, StringComparison.Ordinal);
        server.Streams([OpenAIEvents.Role, .. events.Split('|').Select(OpenAIEvents.Call), OpenAIEvents.Finish("tool_calls"), OpenAIEvents.Done]);
        return Written(await server.Client("openai/gpt-test").GetResponseAsync("Hi", Chats.Tools));
    }

    private static string Written(ChatResponse response) =>
        string.Join(' ', response.Calls().Select(c => c.Exception is null ? $"{c.CallId}:{(c.Arguments!.ContainsKey("command") ? c.Argument("command") : "")}" : $"{c.CallId}!"));
}
