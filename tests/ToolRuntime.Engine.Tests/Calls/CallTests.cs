using Orleans.TestingHost;

namespace ToolRuntime.Engine.Tests.Calls;

public sealed class CallTests : IAsyncLifetime
{
    private InProcessTestCluster cluster = null!;

    private IGrainFactory Grains => cluster.Client;

    public async Task InitializeAsync() => cluster = await Clusters.DeployAsync();

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task Call_WithRecord_ReturnsTheSameInstance()
    {
        var parcel = new Parcel(1, ["a", "b"], new byte[] { 1, 2 });

        Assert.Same(parcel, await Grains.GetGrain<ICalleeGrain>("a").Echo(parcel));
    }

    [Fact]
    public async Task Call_ReturningValueTask_Returns()
    {
        await Grains.GetGrain<ICalleeGrain>("a").Nothing();

        Assert.Equal(42, await Grains.GetGrain<ICalleeGrain>("a").Twice(21));
    }

    [Fact]
    public async Task Call_ThroughInternalInterfaceOfTheSameClass_ReachesTheSameGrain()
    {
        Assert.Equal("k", await Grains.GetGrain<IHiddenGrain>("k").Key());
        Assert.Equal(Grains.GetGrain<IHiddenGrain>("k").GetGrainId(), Grains.GetGrain<ICalleeGrain>("k").GetGrainId());
        Assert.Equal("callee/k", Grains.GetGrain<ICalleeGrain>("k").GetGrainId().ToString());
    }

    [Fact]
    public async Task AsReference_OfReference_ReachesTheGrain() => Assert.Equal("k", await Grains.GetGrain<ICalleeGrain>("k").AsReference<IHiddenGrain>().Key());

    [Fact]
    public async Task AsReference_OfGrain_IsAReferenceToIt() => Assert.Equal("k caller/k True", await Grains.GetGrain<ICallerGrain>("k").OwnReferenceKey());

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_CalleeThrows_CallerGetsTypeMessageAndRemoteStack(bool atOnce)
    {
        var callee = Grains.GetGrain<ICalleeGrain>("a");

        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => atOnce ? callee.ThrowAtOnce("boom") : callee.Throw("boom"));

        Assert.Equal("boom", thrown.Message);
        Assert.Contains(nameof(CalleeGrain), thrown.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_NoClassForInterface_Throws() => Assert.Throws<ArgumentException>(() => Grains.GetGrain<IUnservedGrain>("a"));

    [Fact]
    public async Task RequestContext_SetByCaller_TravelsAlongTheCallsAndNotBack()
    {
        RequestContext.Set("who", "me");
        var seen = await Grains.GetGrain<ICallerGrain>("a").ContextValueOf("b", "who");
        RequestContext.Clear();

        Assert.Equal("me", seen);
        Assert.Null(await Grains.GetGrain<ICallerGrain>("a").ContextValueOf("b", "who"));
    }

    [Fact]
    public async Task OneWay_UnawaitedFromOneGrain_ArriveInOrder()
    {
        await Grains.GetGrain<ICallerGrain>("a").NoteMany("b", 500);
        await cluster.Journal().UntilCountAsync(500);

        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{i}"), cluster.Journal().Entries);
    }

    [Fact]
    public async Task OneWay_CalleeThrows_IsLoggedAndNotThrown()
    {
        await Grains.GetGrain<ICalleeGrain>("a").NoteAndThrow("lost");

        await cluster.Logs().Lines.UntilAsync("101 One-way call ICalleeGrain.NoteAndThrow to callee/a failed. lost");
    }

    [Fact]
    public async Task OutsideTurn_ReferenceAndInjectedFactoryWork_GrainsOwnMembersThrow() => Assert.Equal("k", await Grains.GetGrain<ICallerGrain>("k").OutsideTurn());

    [Fact]
    public async Task Cancel_WhileCalleeRuns_CancelsBothAtOnceAndTheCalleeInItsTurn()
    {
        using var cancellation = new CancellationTokenSource();
        var call = Grains.GetGrain<ICalleeGrain>("a").WaitUntilCancelled("x", cancellation.Token);
        await cluster.Journal().UntilAsync("waiting x");

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await cluster.Journal().UntilAsync("cancelled x, in turn: True");
    }

    [Fact]
    public async Task Cancel_BeforeTheCall_DoesNotSendIt()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Grains.GetGrain<ICalleeGrain>("a").WaitUntilCancelled("x", new CancellationToken(canceled: true)));
        await Grains.GetGrain<ICalleeGrain>("a").Nothing();

        Assert.Empty(cluster.Journal().Entries);
    }

    public interface IUnservedGrain : IGrainWithStringKey;
}
