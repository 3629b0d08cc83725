using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Recovery;
using ToolRuntime.Runners;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Recovery;

/// <summary>A silo that is cut off from the store leaves; where nobody reaches it nobody does.</summary>
public sealed class IsolationWatchTests : IDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly FakeProbe probe = new();
    private readonly SiloFate fate = new();
    private readonly IHost host;
    private bool others = true;

    public IsolationWatchTests()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<TimeProvider>(time).AddSingleton(new RunnerLease(TimeSpan.FromSeconds(1.5))).AddSingleton<RunnerEnding>();
        builder.Services.AddToolRunners();
        host = builder.Build();
    }

    public void Dispose() => host.Dispose();

    [Fact]
    public async Task Store_OnlyOthersReachIt_RunnersEndAndTheHostStopsToStartAnew()
    {
        var watch = await StartAsync();
        probe.Reaches = false;

        await TickAsync(2);

        await watch.ExecuteTask!.WaitAsync(Waits.Long);
        Assert.True(fate.StartAgain);
        Assert.True(host.Services.GetRequiredService<RunnerLease>().Over.IsCancellationRequested);
        Assert.True(host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
    }

    [Fact]
    public async Task Store_NobodyReachesIt_NobodyLeaves()
    {
        var watch = await StartAsync();
        (probe.Reaches, others) = (false, false);

        await TickAsync(20);

        await AssertStaysAsync(watch);
    }

    [Fact]
    public async Task Store_OneAnswerIsMissing_StaysAndCountsAnew()
    {
        var watch = await StartAsync();
        for (var i = 0; i < 5; i++)
        {
            probe.Reaches = false;
            await TickAsync(1);
            probe.Reaches = true;
            await TickAsync(1);
        }

        await AssertStaysAsync(watch);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Probe_ThrowsOrDoesNotAnswer_CountsAsNo(bool throws)
    {
        (probe.Throws, probe.Hangs) = (throws, !throws);
        var answer = probe.ReachesWithinAsync(IsolationWatch.ProbeWithin, time, CancellationToken.None);
        time.Advance(IsolationWatch.ProbeWithin);

        Assert.False(await answer.WaitAsync(Waits.Long));
    }

    private async Task AssertStaysAsync(IsolationWatch watch)
    {
        Assert.False(watch.ExecuteTask!.IsCompleted);
        Assert.False(fate.StartAgain);
        Assert.False(host.Services.GetRequiredService<RunnerLease>().Over.IsCancellationRequested);
        await watch.StopAsync(CancellationToken.None);
    }

    private async Task<IsolationWatch> StartAsync()
    {
        var ending = host.Services.GetRequiredService<RunnerEnding>();
        var watch = new IsolationWatch(probe, _ => Task.FromResult(others), fate, ending, time, NullLogger<IsolationWatch>.Instance);
        var asked = probe.Next();
        await watch.StartAsync(CancellationToken.None);
        await asked.WaitAsync(Waits.Long);
        return watch;
    }

    private async Task TickAsync(int times)
    {
        for (var i = 0; i < times; i++)
        {
            var asked = probe.Next();
            time.Advance(TimeSpan.FromSeconds(1));
            await asked.WaitAsync(Waits.Long);
        }
    }

    private sealed class FakeProbe : IStoreProbe
    {
        private TaskCompletionSource asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Reaches { get; set; } = true;

        public bool Throws { get; set; }

        public bool Hangs { get; set; }

        /// <summary>Completes once it is asked again.</summary>
        public Task Next() => (asked = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

        public Task<bool> ReachesAsync(CancellationToken cancellationToken)
        {
            if (Throws) throw new IOException("The store is away.");
            var answer = Hangs ? new TaskCompletionSource<bool>().Task : Task.FromResult(Reaches);
            asked.TrySetResult();
            return answer;
        }
    }
}
