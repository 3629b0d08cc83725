using System.Text;
using Microsoft.Extensions.AI;
using ToolRuntime.Models.Providers;
using ToolRuntime.Models.Tests.Anthropic;
using ToolRuntime.Models.Tests.Gemini;
using ToolRuntime.Models.Tests.OpenAI;

namespace ToolRuntime.Models.Tests.Providers;

/// <summary>How long an answer may be silent, and how long it may become.</summary>
public sealed class AnswerStreamTests
{
    [Theory]
    [InlineData("data: {}\n\n", true)]
    [InlineData(": still here\n\n", false)]
    [InlineData(": still: here\r\n\r\n: and here\n", false)]
    [InlineData("\n\n", false)]
    [InlineData(": a\ndata: {}\n\n", true)]
    public async Task Read_BeyondTheLimit_OnlyDataIsLife(string sent, bool life)
    {
        var time = new ManualTime();
        await using var stream = new AnswerStream(new Sent("data: {}\n\n", sent), new() { IdleTimeout = TimeSpan.FromSeconds(10) }, time);
        var buffer = new byte[100];
        Assert.Equal((10, sent.Length), (await stream.ReadAsync(buffer), await stream.ReadAsync(buffer)));

        var waiting = stream.ReadAsync(buffer).AsTask();
        time.Clocks[life ? 2 : 1]();

        await Assert.ThrowsAsync<TimeoutException>(() => waiting);
        Assert.Equal(life ? 3 : 2, time.Clocks.Count);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    [InlineData("gemini")]
    public async Task Ask_AnswerThatNeverEnds_IsEndedAtItsLimit(string provider)
    {
        await using var server = await FakeProvider.StartAsync((Section(provider) + ":MaxAnswerBytes", "5000"));
        server.Answers(context => WriteForeverAsync(context, Text(provider, new string('é', 500))));
        var seen = 0;

        var failure = await Assert.ThrowsAsync<ModelException>(async () =>
        {
            await foreach (var update in server.Client(provider).GetStreamingResponseAsync("Hi")) seen += Encoding.UTF8.GetByteCount(update.Text);
        });

        Assert.Equal((5_000, false, false), (seen, failure.Error.Retryable, failure.TryAgain));
        Assert.Contains("5000 bytes", failure.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_ArgumentsThatNeverEnd_AreEndedAtTheLimit()
    {
        await using var server = await FakeProvider.StartAsync(("OpenAI:MaxAnswerBytes", "5000"));
        var more = OpenAIEvents.Call($$$"""{"index":0,"function":{"arguments":"{{{new string('x', 1_000)}}}"}}""");
        server.Streams([OpenAIEvents.Call("""{"index":0,"id":"a","function":{"name":"shell","arguments":"{\"command\":\""}}"""), .. Enumerable.Repeat(more, 6)]);

        var failure = await Assert.ThrowsAsync<ModelException>(() => server.Client("openai/m").GetResponseAsync("Hi"));

        Assert.Contains("5000 bytes", failure.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_EventThatNeverEnds_IsEnded()
    {
        await using var server = await FakeProvider.StartAsync(("OpenAI:MaxAnswerBytes", "5000"));
        server.Answers(async context =>
        {
            await FakeProvider.WriteAsync(context, "data: ");
            await WriteForeverAsync(context, new string('x', 100_000));
        });

        var failure = await Assert.ThrowsAsync<ModelException>(() => server.Client("openai/m").GetResponseAsync("Hi"));

        Assert.Contains("5000 bytes", failure.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("openai")]
    [InlineData("anthropic")]
    [InlineData("gemini")]
    public async Task Ask_CharacterInTwoHalves_IsWhole(string provider)
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(
            Text(provider, "a ?").Replace("?", "\\ud83d", StringComparison.Ordinal), Text(provider, "? b").Replace("?", "\\ude00", StringComparison.Ordinal), Dialect.Of(provider).Ending);

        Assert.Equal("a 😀 btwo", (await server.Client(provider).GetResponseAsync("Hi")).Text);
    }

    [Fact]
    public async Task Ask_HalvesInCalls_AreJoinedOrReplaced()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(
            OpenAIEvents.Call("""{"index":0,"id":"a","function":{"name":"shell","arguments":"{\"command\":\"\ud83d"}}"""),
            OpenAIEvents.Call("""{"index":0,"function":{"arguments":"\ude00\"}"}}"""),
            OpenAIEvents.Call("""{"index":1,"id":"b","function":{"name":"shell","arguments":"{\"command\":\"x\\ud83dy\",\"k\\ude00\":1}"}}"""),
            OpenAIEvents.Call("""{"index":2,"id":"c\ud83d","function":{"name":"sh\ud83d","arguments":{"command":"\ude00"}}}"""),
            OpenAIEvents.Finish("tool_calls"), OpenAIEvents.Done);

        var calls = (await server.Client("openai/m").GetResponseAsync("Hi", Chats.Tools)).Calls();

        Assert.Equal(["😀", "x\uFFFDy", "\uFFFD"], calls.Select(c => c.Argument("command")));
        Assert.Contains("k\uFFFD", calls[1].Arguments!.Keys);
        Assert.Equal(("c\uFFFD", "sh\uFFFD"), (calls[2].CallId, calls[2].Name));
    }

    private static string Section(string provider) => provider switch { "openai" => "OpenAI", "anthropic" => "Anthropic", _ => "Gemini" };

    private static string Text(string provider, string text) => provider switch
    {
        "openai" => OpenAIEvents.Text(text),
        "anthropic" => AnthropicEvents.Text(0, text),
        _ => GeminiEvents.Parts($$"""{"text":"{{text}}"}"""),
    };

    private static async Task WriteForeverAsync(Microsoft.AspNetCore.Http.HttpContext context, string text)
    {
        while (!context.RequestAborted.IsCancellationRequested) await FakeProvider.WriteAsync(context, text);
    }

    /// <summary>Gives one text a read, then nothing.</summary>
    private sealed class Sent(params string[] texts) : MemoryStream
    {
        private int next;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (next == texts.Length) await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return Encoding.UTF8.GetBytes(texts[next++], buffer.Span);
        }
    }

    /// <summary>Clocks that run down when told.</summary>
    private sealed class ManualTime : TimeProvider
    {
        public List<Action> Clocks { get; } = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Clocks.Add(() => callback(state));
            return new InstantTime().CreateTimer(callback, state, Timeout.InfiniteTimeSpan, period);
        }
    }
}
