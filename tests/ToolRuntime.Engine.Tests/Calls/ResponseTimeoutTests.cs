using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.TestingHost;

namespace ToolRuntime.Engine.Tests.Calls;

public sealed class ResponseTimeoutTests : IAsyncLifetime
{
    private readonly ManualTimeProvider clock = new();
    private InProcessTestCluster cluster = null!;

    private ICalleeGrain Callee => cluster.Client.GetGrain<ICalleeGrain>("a");

    public async Task InitializeAsync()
    {
        cluster = new InProcessTestClusterBuilder(1)
            .ConfigureHost(host => host.Services.AddSingleton<TimeProvider>(clock))
            .ConfigureSiloHost((_, host) => host.Services.AddSingleton<Journal>())
            .Build();
        await cluster.DeployAsync();
    }

    public async Task DisposeAsync() => await cluster.DisposeAsync();

    [Fact]
    public async Task Call_NoAnswerWithinThirtySeconds_TimesOut()
    {
        var call = Callee.Wait("never");
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(call.IsCompleted);

        clock.Advance(TimeSpan.FromSeconds(2));

        await Assert.ThrowsAsync<TimeoutException>(() => call.WaitAsync(Waits.Long));
    }

    [Fact]
    public async Task Call_MethodHasItsOwnTimeout_TimesOutThenAndTheCalleeRunsOn()
    {
        var call = Callee.WaitShortly("short");
        await cluster.Journal().UntilAsync("waiting short");
        clock.Advance(TimeSpan.FromSeconds(6));
        await Assert.ThrowsAsync<TimeoutException>(() => call.WaitAsync(Waits.Long));

        Gates.Open("short");

        await cluster.Journal().UntilAsync("passed short");
    }

    [Fact]
    public async Task Call_ThatTimedOutBeforeItBegan_IsNotBegun()
    {
        var first = Callee.Wait("first");
        var queued = Callee.Note("begun");
        var expired = Callee.WaitShortly("expired");
        await queued;
        clock.Advance(TimeSpan.FromSeconds(6));
        await Assert.ThrowsAsync<TimeoutException>(() => expired.WaitAsync(Waits.Long));

        Gates.Open("expired");
        Gates.Open("first");
        await first.WaitAsync(Waits.Long);
        await Callee.Nothing();

        Assert.Equal(["begun"], cluster.Journal().Entries);
    }
}
