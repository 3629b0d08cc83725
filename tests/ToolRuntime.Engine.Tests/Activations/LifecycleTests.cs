using Orleans.TestingHost;

namespace ToolRuntime.Engine.Tests.Activations;

public sealed class LifecycleTests : IAsyncLifetime
{
    private readonly string gate = $"gate-{Guid.NewGuid():N}";
    private readonly ManualTimeProvider clock = new();
    private InProcessTestCluster cluster = null!;

    private Journal Journal => cluster.Journal();

    public async Task InitializeAsync() => cluster = await Clusters.DeployAsync(clock);

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task FirstCall_ActivatesBeforeTheRequest()
    {
        await Grain("a").Note("request");
        await Journal.UntilAsync("request");

        Assert.Equal(["activated", "request"], Journal.Entries);
    }

    [Fact]
    public async Task OnActivateAsync_Throws_CallFailsAndNothingIsLeft()
    {
        var grain = cluster.Client.GetGrain<IFailingGrain>(gate);

        var calls = new[] { grain.Nothing(), grain.Nothing() };
        Gates.Open(gate);
        Assert.Equal("not today", (await Assert.ThrowsAsync<InvalidOperationException>(() => calls[0])).Message);
        await Assert.ThrowsAsync<InvalidOperationException>(() => calls[1]);
        await grain.Nothing();

        Assert.Equal(["activating", "disposed", "activating"], Journal.Entries);
    }

    [Fact]
    public async Task DeactivateOnIdle_DuringRequest_LaterCallsGoToANewActivationAfterTheOldOneEnded()
    {
        var grain = Grain("slow" + gate);
        var old = await grain.Incarnation();
        var request = grain.DeactivateThenWait(gate);
        await Journal.UntilAsync("asked");
        var queued = grain.Note("queued");
        var later = grain.Incarnation();

        Gates.Open(gate);
        await request.WaitAsync(Waits.Long);
        await Journal.UntilAsync("deactivating ApplicationRequested");
        var whileDeactivating = grain.Incarnation();
        Assert.False(later.IsCompleted);
        Gates.Open("slow" + gate);
        await queued;

        Assert.NotEqual(old, await later.WaitAsync(Waits.Long));
        Assert.Equal(await later, await whileDeactivating.WaitAsync(Waits.Long));
        Assert.Equal(["activated", "asked", "request ends", "deactivating ApplicationRequested", "deactivated", "disposed", "activated", "queued"], Journal.Entries);
    }

    [Fact]
    public async Task DeactivateOnIdle_ManyCallersMeanwhile_NoCallIsLost()
    {
        var grain = Grain("busy");
        var calls = Enumerable.Range(0, 2_000).Select(i => Task.Run(() => i % 5 == 0 ? grain.Deactivate() : grain.Incarnation())).ToArray();

        await Task.WhenAll(calls).WaitAsync(Waits.Long);

        Assert.All(calls, call => Assert.True(call.IsCompletedSuccessfully));
    }

    [Fact]
    public async Task OnActivateAsync_Hangs_CallFailsAfterTheActivationTimeout()
    {
        var call = cluster.Client.GetGrain<IFailingGrain>("hangs" + gate).Nothing();
        await Journal.UntilAsync("activating");

        await Assert.ThrowsAsync<TimeoutException>(() => clock.AdvanceUntilAsync(TimeSpan.FromSeconds(31), call.WaitAsync(Waits.Long)));
    }

    [Fact]
    public async Task OnDeactivateAsync_Hangs_NextActivationServesAfterTheDeactivationTimeout()
    {
        var grain = Grain("slow" + gate);
        await grain.Deactivate();
        await Journal.UntilAsync("deactivating ApplicationRequested");
        var call = grain.Incarnation();

        await clock.AdvanceUntilAsync(TimeSpan.FromSeconds(31), call.WaitAsync(Waits.Long));
    }

    [Fact]
    public async Task DeactivateOnIdle_RequestNeverEnds_NextActivationServesAfterTheDeactivationTimeout()
    {
        var grain = Grain("a");
        var old = await grain.Incarnation();
        _ = grain.DeactivateThenWait("never " + gate);
        await Journal.UntilAsync("asked");
        var call = grain.Incarnation();

        await clock.AdvanceUntilAsync(TimeSpan.FromSeconds(31), call.WaitAsync(Waits.Long));

        Assert.NotEqual(old, await call);
    }

    [Fact]
    public async Task Idle_FifteenMinutes_IsDeactivated()
    {
        var grain = Grain("idle");
        var old = await grain.Incarnation();
        for (var minute = 0; minute < 14; minute++)
            clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(old, await grain.Incarnation());

        for (var minute = 0; minute < 18; minute++)
            clock.Advance(TimeSpan.FromMinutes(1));
        await Journal.UntilAsync("disposed");

        Assert.NotEqual(old, await grain.Incarnation());
        Assert.Contains("deactivating ActivationIdle", Journal.Entries);
    }

    [Fact]
    public async Task DelayDeactivation_LongerThanIdleTime_KeepsTheActivation()
    {
        var grain = Grain("delayed");
        var old = await grain.Incarnation();
        await grain.Delay(TimeSpan.FromHours(1));

        clock.Advance(TimeSpan.FromMinutes(50));
        Assert.Equal(old, await grain.Incarnation());

        clock.Advance(TimeSpan.FromMinutes(50));
        await Journal.UntilAsync("disposed");
        Assert.NotEqual(old, await grain.Incarnation());
    }

    [Fact]
    public async Task StopSilo_DeactivatesAllWithShuttingDown()
    {
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => Grain($"{i}").Incarnation()));
        var journal = Journal;

        await cluster.StopAllSilosAsync();

        Assert.Equal(100, journal.Entries.Count(entry => entry == "deactivating ShuttingDown"));
        Assert.Equal(100, journal.Entries.Count(entry => entry == "disposed"));
    }

    [Fact]
    public async Task KillSilo_CallUnderWay_FailsWithSiloUnavailable()
    {
        var call = Grain("a").Wait("never opened");
        await Journal.UntilAsync("waiting");

        await cluster.KillSiloAsync(cluster.Silos[0]);

        await Assert.ThrowsAsync<SiloUnavailableException>(() => call.WaitAsync(Waits.Long));
        await Assert.ThrowsAsync<SiloUnavailableException>(() => Grain("a").Incarnation());
    }

    [Fact]
    public async Task StartAdditionalSilo_AfterTheFirstWasKilled_ServesTheGrains()
    {
        await Grain("a").Incarnation();
        await cluster.KillSiloAsync(cluster.Silos[0]);
        await cluster.StartAdditionalSiloAsync();

        await Grain("a").Incarnation();

        Assert.Equal(["activated"], Journal.Entries);
    }

    private ILifecycleGrain Grain(string key) => cluster.Client.GetGrain<ILifecycleGrain>(key);
}
