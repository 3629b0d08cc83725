using System.Text;
using ToolRuntime.Events;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Runners;

/// <summary>Whatever becomes of what looks for turns, a terminal's output goes its way.</summary>
public sealed class TurnQueueTests
{
    [Theory]
    [InlineData(nameof(ITurnWatch.Due))]
    [InlineData(nameof(ITurnWatch.Read))]
    [InlineData(nameof(ITurnWatch.Tick))]
    [InlineData(nameof(ITurnWatch.End))]
    [InlineData(nameof(ITurnWatch.Take))]
    public async Task Output_WithAWatchThatThrows_ComesAndTheAttemptEnds(string faulty)
    {
        var watch = new FaultyWatch(faulty);
        await using var runner = new RunnerFixture(async (_, context, token) =>
        {
            context.WatchTurns(watch);
            foreach (var text in (string[])["one ", "two ", "three"]) await context.WriteOutputAsync(OutputStream.Terminal, Encoding.UTF8.GetBytes(text), token);
            return FakeTool.Done;
        });

        var end = await runner.RunAsync();

        Assert.Null(end.Error);
        Assert.Equal("one two three", string.Concat(runner.Sink.Outputs.Select(output => Encoding.UTF8.GetString(output.Bytes))));
        Assert.Equal(1, watch.Faults);
    }

    /// <summary>Throws at each call of one member, and counts how often it could.</summary>
    private sealed class FaultyWatch(string faulty) : ITurnWatch
    {
        public int Faults { get; private set; }

        public TimeSpan? Due => Fault<TimeSpan?>(nameof(Due), faulty == nameof(Tick) ? TimeSpan.Zero : null);

        public void Read(ReadOnlySpan<byte> bytes, TimeSpan now) => Fault(nameof(Read), 0);

        public void Skip(long bytes) => Fault(nameof(Skip), 0);

        public void Tick(TimeSpan now) => Fault(nameof(Tick), 0);

        public void End(TimeSpan now) => Fault(nameof(End), 0);

        public IReadOnlyList<TerminalTurn> Take() => Fault<IReadOnlyList<TerminalTurn>>(nameof(Take), []);

        private T Fault<T>(string member, T value)
        {
            if (member != faulty) return value;
            Faults++;
            throw new InvalidOperationException("A watch failed.");
        }
    }
}
