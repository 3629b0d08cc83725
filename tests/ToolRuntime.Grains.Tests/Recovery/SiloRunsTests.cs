using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Recovery;

namespace ToolRuntime.Grains.Tests.Recovery;

public sealed class SiloRunsTests
{
    private readonly FakeTimeProvider time = new() { AutoAdvanceAmount = TimeSpan.Zero };

    [Fact]
    public async Task Run_HostStopsByItself_ReturnsAndStartsNoOther()
    {
        var built = 0;

        await SiloRuns.RunAsync(() => Make(++built, startAgain: false, fails: false), time).WaitAsync(Waits.Long);

        Assert.Equal(1, built);
    }

    [Fact]
    public async Task Run_HostWasCutOff_ANewOneIsStartedUntilItComesUp()
    {
        var built = 0;
        var failed = new TaskCompletionSource();

        var run = SiloRuns.RunAsync(() =>
        {
            if (++built == 3) failed.TrySetResult();
            return Make(built, startAgain: built == 1, fails: built is 2 or 3);
        }, time);
        while (!run.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await run;
        Assert.True(failed.Task.IsCompleted);
        Assert.Equal(4, built);
    }

    [Fact]
    public async Task Run_FirstHostDoesNotStart_SaysSo() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => SiloRuns.RunAsync(() => Make(1, startAgain: false, fails: true), time));

    private static IHost Make(int number, bool startAgain, bool fails)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(new SiloFate { StartAgain = startAgain });
        builder.Services.AddHostedService(services => new Service(services.GetRequiredService<IHostApplicationLifetime>(), number, fails));
        return builder.Build();
    }

    /// <summary>Fails to start, or stops its host as soon as that has started.</summary>
    private sealed class Service(IHostApplicationLifetime host, int number, bool fails) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            if (fails) throw new InvalidOperationException($"Host {number} does not start.");
            host.ApplicationStarted.Register(host.StopApplication);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
