using System.Text;
using ToolRuntime.Events;
using ToolRuntime.Runners;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Runners;

public sealed class RunnerOutputTests
{
    private const int KB = 1024;

    [Fact]
    public async Task Output_First_GoesAtOnceAndThenIsGathered()
    {
        await using var attempt = await OpenAttempt.StartAsync();
        var sink = attempt.Sink;

        await attempt.WriteAsync("a");
        Assert.Equal(["a"], Texts(sink));

        await attempt.WriteAsync("b");
        await attempt.WriteAsync("c");
        attempt.Advance(39);
        Assert.Equal(["a"], Texts(sink));
        attempt.Advance(1);
        Assert.Equal(["a", "bc"], Texts(sink));

        attempt.Advance(40);
        await attempt.WriteAsync("d");
        Assert.Equal(["a", "bc", "d"], Texts(sink));
        Assert.Equal([0, 1, 3], sink.Outputs.Select(output => output.Offset));
    }

    [Fact]
    public async Task Output_SixteenKilobytes_GoesWithoutWaiting()
    {
        await using var attempt = await OpenAttempt.StartAsync();
        await attempt.WriteAsync("a");

        await attempt.WriteAsync(new string('b', (16 * KB) - 1));
        Assert.Single(attempt.Sink.Outputs);
        await attempt.WriteAsync("c");

        Assert.Equal([1, 16 * KB], attempt.Sink.Outputs.Select(output => output.Bytes.Length));
    }

    [Fact]
    public async Task Output_BothStreams_AreGatheredTogetherInTheOrderTheyBegan()
    {
        await using var attempt = await OpenAttempt.StartAsync();
        await attempt.WriteAsync("o1 ");

        await attempt.WriteAsync("e1 ", OutputStream.Stderr);
        await attempt.WriteAsync("o2 ");
        await attempt.WriteAsync("e2 ", OutputStream.Stderr);
        attempt.Advance(40);

        Assert.Equal(["o1 ", "e1 e2 ", "o2 "], Texts(attempt.Sink));
        Assert.Equal([0, 0, 3], attempt.Sink.Outputs.Select(output => output.Offset));
    }

    [Fact]
    public async Task Output_AtTheEnd_GoesBeforeTheEnd()
    {
        await using var attempt = await OpenAttempt.StartAsync();
        await attempt.WriteAsync("a");
        await attempt.WriteAsync("b");
        await attempt.WriteAsync("c", OutputStream.Stderr);
        await attempt.Context.ReportProgressAsync("first");
        await attempt.Context.ReportProgressAsync("last");

        var end = await attempt.EndAsync();

        Assert.Equal("end", attempt.Sink.Calls.Last());
        Assert.Equal(["a", "b", "c"], Texts(attempt.Sink));
        Assert.Equal(["first", "last"], attempt.Sink.Steps.Select(step => step.Stage));
        Assert.Equal((3, 0), (end.Metrics.OutputBytes, end.Metrics.DroppedBytes));
        Assert.Equal(new KeptOutput("ab", "c"), end.Kept);
        Assert.False(attempt.Sink.Overlapped);
    }

    [Fact]
    public async Task Output_StoreIsSlow_HoldsTheToolAt64KB()
    {
        await using var attempt = await OpenAttempt.StartAsync();
        attempt.Sink.Hold();

        await attempt.WriteAsync(new string('a', 64 * KB));
        var beyond = attempt.WriteAsync("b");
        Assert.False(beyond.IsCompleted);
        attempt.Sink.Release();

        await beyond.WaitAsync(RunnerFixture.Patience);
        await attempt.EndAsync();
        Assert.Equal((64 * KB) + 1, attempt.Sink.Text(OutputStream.Stdout).Length);
        Assert.False(attempt.Sink.Overlapped);
    }

    [Fact]
    public async Task Output_MuchMoreThanTheBound_ComesWholeInPieces()
    {
        await using var attempt = await OpenAttempt.StartAsync();
        var text = string.Concat(Enumerable.Range(0, 60_000).Select(i => $"line {i} \u00e4\u20ac\n"));

        await attempt.WriteAsync(text);
        await attempt.EndAsync();

        Assert.Equal(text, attempt.Sink.Text(OutputStream.Stdout));
        var at = 0L;
        foreach (var output in attempt.Sink.Outputs)
        {
            Assert.Equal(at, output.Offset);
            Assert.InRange(output.Bytes.Length, 1, 64 * KB);
            Assert.NotNull(OutputEncoder.Encode(output.Bytes).Text);
            at += output.Bytes.Length;
        }
    }

    [Fact]
    public async Task Output_CancelledWhileItWaits_LetsTheToolGo()
    {
        await using var attempt = await OpenAttempt.StartAsync();
        attempt.Sink.Hold();
        await attempt.WriteAsync(new string('a', 64 * KB));
        var beyond = attempt.WriteAsync("b");

        attempt.Fixture.Host.Cancel(RunnerFixture.Session, "e1");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => beyond.WaitAsync(RunnerFixture.Patience));
    }

    [Fact]
    public async Task Output_ToolsOwnToken_EndsItsWaiting()
    {
        await using var attempt = await OpenAttempt.StartAsync();
        using var own = new CancellationTokenSource();
        attempt.Sink.Hold();
        await attempt.WriteAsync(new string('a', 64 * KB));
        var beyond = attempt.Context.WriteOutputAsync(OutputStream.Stdout, "b"u8.ToArray(), own.Token).AsTask();

        await own.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => beyond.WaitAsync(RunnerFixture.Patience));
    }

    [Fact]
    public async Task Output_InfrastructureFails_ComesAgainWithTheSameOffset()
    {
        await using var attempt = await OpenAttempt.StartAsync();
        await attempt.WriteAsync("a");
        attempt.Sink.FailNext(3);
        await attempt.WriteAsync("b");
        var ending = attempt.EndAsync();

        await attempt.Fixture.AdvanceUntilAsync(ending);

        Assert.Equal(["a", "b"], Texts(attempt.Sink));
        Assert.Equal(4, attempt.Sink.Calls.Count(call => call == "Stdout 1+1"));
    }

    [Fact]
    public async Task Output_SplitCharacter_WaitsForItsRest()
    {
        await using var attempt = await OpenAttempt.StartAsync();

        await attempt.WriteAsync([(byte)'a', 0xE2, 0x82]);
        Assert.Equal(["a"], Texts(attempt.Sink));
        attempt.Advance(1_000);
        Assert.Equal(["a"], Texts(attempt.Sink));
        await attempt.WriteAsync([0xAC]);

        Assert.Equal(["a", "\u20ac"], Texts(attempt.Sink));
        Assert.Equal([0, 1], attempt.Sink.Outputs.Select(output => output.Offset));
    }

    [Fact]
    public async Task Output_HalfACharacterAtTheEnd_GoesAsItIs()
    {
        await using var attempt = await OpenAttempt.StartAsync();
        await attempt.WriteAsync([(byte)'a', 0xE2, 0x82]);

        await attempt.EndAsync();

        Assert.Equal([0xE2, 0x82], attempt.Sink.Outputs.Last().Bytes);
    }

    [Fact]
    public async Task Output_BeyondTheCap_IsCountedAndToldOnceASecondAndAtTheEnd()
    {
        await using var attempt = await OpenAttempt.StartAsync(options => options.MaxOutputBytes = 10);

        await attempt.WriteAsync("0123456789abc");
        Assert.Equal((0L, 10, 3L), Only(attempt.Sink));
        for (var i = 0; i < 50; i++)
        {
            await attempt.WriteAsync("xx");
            attempt.Advance(19);
        }

        Assert.Single(attempt.Sink.Outputs);
        attempt.Advance(50);
        Assert.Equal((13L, 0, 100L), Last(attempt.Sink));
        await attempt.WriteAsync("yyyy");
        await attempt.WriteAsync("z", OutputStream.Stderr);
        var end = await attempt.EndAsync();

        Assert.Equal([(OutputStream.Stdout, 0, 3), (OutputStream.Stdout, 13, 100), (OutputStream.Stdout, 113, 4), (OutputStream.Stderr, 0, 1)],
            attempt.Sink.Outputs.Select(output => (output.Stream, output.Offset, output.Dropped)));
        Assert.Equal((118, 108), (end.Metrics.OutputBytes, end.Metrics.DroppedBytes));
        Assert.StartsWith("0123456789abcxx", end.Kept!.Stdout, StringComparison.Ordinal);
    }

    // "ab€" and more, however it is cut into pieces: the cap falls into the character.
    [Theory]
    [InlineData(3, "6162E282AC63")]
    [InlineData(4, "6162E282AC63")]
    [InlineData(4, "6162E282", "AC63")]
    [InlineData(4, "6162E2", "82AC63")]
    [InlineData(4, "6162E2", "82", "AC63")]
    [InlineData(3, "6162E2", "82AC", "63")]
    [InlineData(4, "6162", "E282", "AC", "63")]
    public async Task Output_CapWithinACharacter_DropsTheWholeCharacter(int cap, params string[] pieces)
    {
        await using var attempt = await OpenAttempt.StartAsync(options => options.MaxOutputBytes = cap);

        foreach (var piece in pieces) await attempt.WriteAsync(Convert.FromHexString(piece));
        var end = await attempt.EndAsync();

        Assert.Equal("ab", string.Concat(Texts(attempt.Sink)));
        Assert.Equal(4, attempt.Sink.Outputs.Sum(output => output.Dropped));
        Assert.Equal((6, 4), (end.Metrics.OutputBytes, end.Metrics.DroppedBytes));
        Assert.All(attempt.Sink.Outputs, output => Assert.Null(OutputEncoder.Encode(output.Bytes).Base64));
    }

    [Fact]
    public async Task Output_OtherStreamReachesTheCap_HalfACharacterGoesToo()
    {
        await using var attempt = await OpenAttempt.StartAsync(options => options.MaxOutputBytes = 5);

        await attempt.WriteAsync([(byte)'a', 0xE2, 0x82]);
        await attempt.WriteAsync("xyz", OutputStream.Stderr);
        await attempt.WriteAsync([0xAC, (byte)'b']);
        await attempt.EndAsync();

        Assert.Equal("a", attempt.Sink.Text(OutputStream.Stdout));
        Assert.Equal("xy", attempt.Sink.Text(OutputStream.Stderr));
    }

    [Fact]
    public async Task Output_CapZero_KeepsAll()
    {
        await using var attempt = await OpenAttempt.StartAsync(options => options.MaxOutputBytes = 0);

        for (var i = 0; i < 100; i++) await attempt.WriteAsync(new string('x', 64 * KB));
        var end = await attempt.EndAsync();

        Assert.Equal((100 * 64 * KB, 0), (end.Metrics.OutputBytes, end.Metrics.DroppedBytes));
        Assert.Equal(100 * 64 * KB, attempt.Sink.Outputs.Sum(output => output.Bytes.Length));
    }

    [Fact]
    public async Task Output_WithSecrets_IsRedactedEverywhere()
    {
        await using var attempt = await OpenAttempt.StartAsync(configure: null, "hunter2-hunter2");

        await attempt.WriteAsync("a hunter2-");
        Assert.Equal(["a "], Texts(attempt.Sink));
        await attempt.WriteAsync("hunter2 b");
        await attempt.Context.ReportProgressAsync("with hunter2-hunter2", 1, "x hunter2-hunter2", new("""{"v":"hunter2-hunter2"}"""));
        var end = await attempt.EndAsync(ToolResult.Success(new("""{"v":"hunter2-hunter2"}"""), "got hunter2-hunter2"));

        Assert.Equal("a [redacted] b", attempt.Sink.Text(OutputStream.Stdout));
        Assert.Equal(("with [redacted]", 1, "x [redacted]", new JsonText("""{"v":"[redacted]"}""")), attempt.Sink.Steps.Single());
        Assert.Equal(("got [redacted]", """{"v":"[redacted]"}"""), (end.Summary, end.Result.Json));
        Assert.Equal("a [redacted] b", end.Kept!.Stdout);
        Assert.Equal(14, end.Metrics.OutputBytes);
    }

    [Fact]
    public async Task Output_AfterTheEnd_IsIgnored()
    {
        await using var attempt = await OpenAttempt.StartAsync();
        await attempt.EndAsync();

        await attempt.WriteAsync("late");
        await attempt.Context.ReportProgressAsync("late");

        Assert.Equal(["end"], attempt.Sink.Calls);
    }

    [Fact]
    public async Task Progress_ManySteps_GoTenASecondAndTheLastAlways()
    {
        await using var attempt = await OpenAttempt.StartAsync();
        for (var i = 0; i < 100; i++)
        {
            await attempt.Context.ReportProgressAsync($"{i}", i);
            attempt.Advance(10);
        }

        await attempt.Context.ReportProgressAsync("last", double.NaN);
        await attempt.EndAsync();

        Assert.Equal(["0", "9", "19", "29", "39", "49", "59", "69", "79", "89", "99", "last"], attempt.Sink.Steps.Select(step => step.Stage));
        Assert.Null(attempt.Sink.Steps.Last().Percent);
    }

    [Fact]
    public async Task Progress_DetailsThatAreNoJson_GoesWithoutThem()
    {
        await using var attempt = await OpenAttempt.StartAsync();

        await attempt.Context.ReportProgressAsync("one", 200, null, new("{\"half\": "));

        Assert.Equal(("one", 100, null, null), attempt.Sink.Steps.Single());
    }

    [Fact]
    public async Task Output_FromTwoThreads_LosesNothing()
    {
        await using var attempt = await OpenAttempt.StartAsync();
        var streams = new[] { OutputStream.Stdout, OutputStream.Stderr };

        await Task.WhenAll(streams.Select(stream => Task.Run(async () =>
        {
            for (var i = 0; i < 5_000; i++) await attempt.WriteAsync($"{i} with some text to fill it up\n", stream);
        })));
        await attempt.EndAsync();

        var expected = string.Concat(Enumerable.Range(0, 5_000).Select(i => $"{i} with some text to fill it up\n"));
        Assert.All(streams, stream => Assert.Equal(expected, attempt.Sink.Text(stream)));
        Assert.False(attempt.Sink.Overlapped);
    }

    private static IEnumerable<string> Texts(FakeSink sink) => sink.Outputs.Select(output => output.Text);

    private static (long, int, long) Only(FakeSink sink) => Assert.Single(sink.Outputs) is var output ? (output.Offset, output.Bytes.Length, output.Dropped) : default;

    private static (long, int, long) Last(FakeSink sink) => sink.Outputs.Last() is var output ? (output.Offset, output.Bytes.Length, output.Dropped) : default;

    /// <summary>An attempt whose tool does nothing by itself: the test writes in its place.</summary>
    private sealed class OpenAttempt : IAsyncDisposable
    {
        private readonly TaskCompletionSource<IToolContext> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<ToolResult> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private OpenAttempt(Action<RunnerOptions>? configure, string[] secrets)
        {
            Fixture = new((_, context, token) =>
            {
                started.SetResult(context);
                return ended.Task.WaitAsync(token);
            }, configure, secrets);
        }

        public RunnerFixture Fixture { get; }

        public FakeSink Sink => Fixture.Sink;

        public IToolContext Context => started.Task.Result;

        public static async Task<OpenAttempt> StartAsync(Action<RunnerOptions>? configure = null, params string[] secrets)
        {
            var attempt = new OpenAttempt(configure, secrets);
            attempt.Fixture.Start();
            await attempt.started.Task.WaitAsync(RunnerFixture.Patience);
            return attempt;
        }

        public void Advance(int milliseconds) => Fixture.Advance(milliseconds);

        public Task WriteAsync(string text, OutputStream stream = OutputStream.Stdout) => WriteAsync(Encoding.UTF8.GetBytes(text), stream);

        public Task WriteAsync(byte[] bytes, OutputStream stream = OutputStream.Stdout) => Context.WriteOutputAsync(stream, bytes).AsTask();

        public async Task<RunnerEnd> EndAsync(ToolResult? result = null)
        {
            ended.SetResult(result ?? FakeTool.Done);
            return await Sink.End.WaitAsync(RunnerFixture.Patience);
        }

        public ValueTask DisposeAsync() => Fixture.DisposeAsync();
    }
}
