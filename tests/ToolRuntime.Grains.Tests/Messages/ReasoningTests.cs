using Microsoft.Extensions.AI;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Messages;

namespace ToolRuntime.Grains.Tests.Messages;

/// <summary>What a model thinks is told where the message or the session says so, and nowhere else.</summary>
public sealed class ReasoningTests
{
    [Theory]
    [InlineData(null, null, false)]
    [InlineData(null, true, true)]
    [InlineData("""{"showReasoning":true}""", null, true)]
    [InlineData("""{"showReasoning":true}""", false, false)]
    [InlineData("""{"showReasoning":"yes"}""", null, false)]
    public async Task Send_ModelThinks_IsShownWhereItIsAllowed(string? parameters, bool? show, bool shown)
    {
        await using var cluster = await SessionCluster.StartAsync();
        cluster.Models.Script((_, _, _) => Thinks());
        if (parameters is not null) await cluster.DoAsync(new ConfigureSession(new(parameters)));
        var watch = await cluster.WatchAsync();

        await cluster.DoAsync(new SendMessage("hello", ShowReasoning: show));

        var seen = await watch.UntilAsync(e => e is MessageCompleted);
        Assert.Equal(shown ? "First 😀 this." : "", string.Concat(seen.OfType<MessageReasoning>().Select(e => e.Text)));
        Assert.Equal("Done.", ((MessageCompleted)seen[^1]).Text);
        Assert.Equal(shown, cluster.Models.Options[0]!.Reasoning?.Output is not null);
        Assert.Equal(shown, Text((await cluster.Session().OpenAsync(SessionCluster.Alice)).Value!.View).Contains("First", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Delete_Reply_ErasesItsReasoning()
    {
        await using var cluster = await SessionCluster.StartAsync();
        cluster.Models.Script((_, _, _) => Thinks());
        var watch = await cluster.WatchAsync();
        var reply = (await cluster.DoAsync(new SendMessage("hello", ShowReasoning: true))).GetProperty("replyId").GetString()!;
        await watch.UntilAsync(e => e is ConversationStateChanged { To: MessageStatus.Completed });

        await cluster.DoAsync(new DeleteMessage(reply));

        Assert.DoesNotContain(cluster.Log.Entries(SessionCluster.Key("s1")), e => Text(e.Event.Json).Contains("First", StringComparison.Ordinal));
    }

    [Fact]
    public void Reasoning_MoreThanIsKept_IsLeftOut()
    {
        var state = new MessageState { Id = "m2", Role = "assistant", At = Executions.Now, Status = MessageStatus.Active, Round = 1, Attempt = 1 };
        for (var said = 0; said < 3; said++)
        {
            var decided = MessageMachine.Decide(state, new ReplyReasoning(1, 1, state.ReasoningBytes, new string('x', 40_000)), "m");
            foreach (var happened in decided.Events) state = MessageMachine.Evolve(state, happened);
        }

        Assert.Equal(80_000, state.Reasoning.Length);
        Assert.Empty(MessageMachine.Evolve(state, new MessageStarted("m", 1) { Attempt = 2 }).Reasoning);
    }

    private static string Text(ReadOnlyMemory<byte> json) => System.Text.Encoding.UTF8.GetString(json.Span);

    private static async IAsyncEnumerable<ChatResponseUpdate> Thinks()
    {
        await Task.Yield();
        foreach (var text in (string[])["First \ud83d", "\ude00 this", "."]) yield return new(ChatRole.Assistant, [new TextReasoningContent(text)]);
        yield return new(ChatRole.Assistant, "Done.");
    }
}
