using Orleans.TestingHost;

namespace ToolRuntime.Engine.Tests.Activations;

public sealed class TurnTests : IAsyncLifetime
{
    private readonly string gate = $"gate-{Guid.NewGuid():N}";
    private InProcessTestCluster cluster = null!;

    private ITurnGrain Turn => cluster.Client.GetGrain<ITurnGrain>("a", typeof(TurnGrain).FullName);

    private IReentrantTurnGrain Reentrant => cluster.Client.GetGrain<IReentrantTurnGrain>("a");

    private Journal Journal => cluster.Journal();

    public async Task InitializeAsync() => cluster = await Clusters.DeployAsync();

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task Request_WhileAnotherAwaits_WaitsForItsEnd()
    {
        var first = Turn.Wait(gate);
        var second = Turn.Note("second");
        await Journal.UntilAsync($"begin {gate}");
        Gates.Open(gate);
        await Task.WhenAll(first, second).WaitAsync(Waits.Long);

        Assert.Equal([$"begin {gate}", $"end {gate}", "second"], Journal.Entries);
    }

    [Fact]
    public async Task AlwaysInterleave_WhileAnotherAwaits_RunsBeforeThoseThatWait()
    {
        var first = Turn.Wait(gate);
        var queued = Turn.Note("queued");

        await Turn.Interleaving("interleaved").WaitAsync(Waits.Long);
        Gates.Open(gate);
        await Task.WhenAll(first, queued).WaitAsync(Waits.Long);

        Assert.Equal([$"begin {gate}", "interleaved", $"end {gate}", "queued"], Journal.Entries);
    }

    [Fact]
    public async Task Reentrant_WhileAnotherAwaits_Interleaves()
    {
        var first = Reentrant.Wait(gate);

        await Reentrant.Note("second").WaitAsync(Waits.Long);
        Gates.Open(gate);
        await first.WaitAsync(Waits.Long);

        Assert.Equal([$"begin {gate}", "second", $"end {gate}"], Journal.Entries);
    }

    [Fact]
    public async Task Reentrant_ManyAtOnce_NeverRunsTwoPiecesOfCodeAtOnce()
    {
        const int callers = 50, rounds = 100;

        var counts = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Reentrant.CountUnderContention(rounds))).WaitAsync(Waits.Long);

        Assert.Equal(callers * rounds, counts.Max());
    }

    [Fact]
    public async Task ReadOnly_WhileReadOnlyAwaits_InterleavesButAWriteWaits()
    {
        var first = Turn.Read(gate);
        var write = Turn.Note("write");
        var second = Turn.Read(gate + "2");
        await Journal.UntilAsync($"begin {gate}2");

        Gates.Open(gate + "2");
        await second.WaitAsync(Waits.Long);
        Assert.False(write.IsCompleted);
        Gates.Open(gate);
        await Task.WhenAll(first, write).WaitAsync(Waits.Long);

        Assert.Equal("write", Journal.Entries[^1]);
    }

    [Fact]
    public async Task Request_CompletingWhatAnotherAwaits_DoesNotBeginAThirdInItsMiddle()
    {
        var first = Reentrant.Wait("own");
        await Journal.UntilAsync("begin own");
        var second = Reentrant.CompleteAnotherThenNote("own", "rest of second");
        await Task.WhenAll(first, second, Reentrant.Note("third")).WaitAsync(Waits.Long);

        Assert.Equal(["begin own", "end own", "rest of second", "third"], Journal.Entries);
    }

    [Fact]
    public async Task Continuations_StayInTheTurn_TaskRunDoesNot() =>
        Assert.Equal("False True True True True False", await Turn.WhereContinuationsRun());
}
