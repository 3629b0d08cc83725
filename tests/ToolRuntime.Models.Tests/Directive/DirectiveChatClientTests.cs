using System.Text.Json;
using Microsoft.Extensions.AI;
using ToolRuntime.Models.Directive;

namespace ToolRuntime.Models.Tests.Directive;

public sealed class DirectiveChatClientTests
{
    private static readonly DirectiveChatClient Client = new();

    [Fact]
    public async Task Ask_Directives_GivesTheCallsOfOneBatchWithDistinctIds()
    {
        var response = await Client.GetResponseAsync("/computer {}\n/shell {\"command\":\"ls\"}");

        var calls = response.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>().ToList();
        Assert.Equal(["computer", "shell"], calls.Select(c => c.Name));
        Assert.Equal(2, calls.Select(c => c.CallId).Distinct().Count());
        Assert.Equal("ls", ((JsonElement)calls[1].Arguments!["command"]!).GetString());
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
    }

    [Fact]
    public async Task Ask_UnreadableArguments_SaysSoInTheCall()
    {
        var response = await Client.GetResponseAsync("/shell {\"command\": ls}");

        Assert.NotNull(Assert.Single(response.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>()).Exception);
    }

    [Fact]
    public async Task Ask_AnythingElse_GivesHelpThatNamesTheTools()
    {
        var tool = AIFunctionFactory.CreateDeclaration("echo", "Says it again.", JsonSerializer.SerializeToElement(new { type = "object" }));

        var response = await Client.GetResponseAsync("hello", new ChatOptions { Tools = [tool] });

        Assert.Contains("`/echo` Says it again.", response.Text, StringComparison.Ordinal);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
    }

    [Fact]
    public async Task Ask_AfterABatch_SummarisesEachCallInOrder()
    {
        var response = await Client.GetResponseAsync(
        [
            new(ChatRole.User, "/computer {}\n/shell {\"command\":\"exit 3\"}"),
            new(ChatRole.Assistant, [new FunctionCallContent("call_0", "computer"), new FunctionCallContent("call_1", "shell")]),
            new(ChatRole.Tool,
            [
                Result("call_0", """{"status":"completed","summary":"2 processors","elapsedMs":1500}"""),
                Result("call_1", """{"status":"failed","error":{"code":"exit_code","message":"The command ended with exit code 3."}}"""),
            ]),
        ]);

        Assert.Equal(
            "1 of 2 tools completed.\n- `computer` completed in 1.5 s: 2 processors\n- `shell` failed: exit_code: The command ended with exit code 3.\n", response.Text);
    }

    [Theory]
    [InlineData("""{"status":"cancelled","elapsedMs":1290,"error":{"code":"cancelled","message":"Cancelled by ann."}}""", "cancelled by ann after 1.2 s")]
    [InlineData("""{"status":"cancelled","elapsedMs":61000,"error":{"code":"cancelled","message":"A sibling failed."}}""", "cancelled after 1:01: A sibling failed.")]
    [InlineData("""{"status":"failed","elapsedMs":0,"error":{"code":"denied","message":"Denied by ann."}}""", "denied by ann after < 0.1 s")]
    [InlineData("""{"status":"failed","error":{"code":"denied","message":"not today"}}""", "denied: not today")]
    [InlineData("""{"status":"timed_out","elapsedMs":12900,"error":{"code":"attempt_timeout","message":"Too long."}}""", "timed out in 12 s: attempt_timeout: Too long.")]
    public async Task Ask_AfterACallThatDidNotComplete_SaysHowOnce(string result, string ended)
    {
        var response = await Client.GetResponseAsync(
        [
            new(ChatRole.User, "/computer"), new(ChatRole.Assistant, [new FunctionCallContent("call_0", "computer")]), new(ChatRole.Tool, [Result("call_0", result)]),
        ]);

        Assert.Equal($"The tool did not complete.\n- `computer` {ended}\n", response.Text);
    }

    [Fact]
    public async Task Ask_ANewMessageAfterABatch_IsReadForItself()
    {
        var response = await Client.GetResponseAsync(
        [
            new(ChatRole.User, "/computer {}"),
            new(ChatRole.Assistant, [new FunctionCallContent("call_0", "computer")]),
            new(ChatRole.Tool, [Result("call_0", """{"status":"completed"}""")]),
            new(ChatRole.Assistant, "All 1 tools completed."),
            new(ChatRole.User, "/shell {\"command\":\"ls\"}"),
        ]);

        Assert.Equal("shell", Assert.Single(response.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>()).Name);
    }

    private static FunctionResultContent Result(string callId, string json) => new(callId, new JsonText(json).ToElement());
}
