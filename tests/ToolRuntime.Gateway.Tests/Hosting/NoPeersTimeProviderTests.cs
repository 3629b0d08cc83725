using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using ToolRuntime.Silo;

namespace ToolRuntime.Gateway.Tests.Hosting;

public sealed class NoPeersTimeProviderTests
{
    [Fact]
    public void CreateTimer_TheSamplingOfTheThreadPool_NeverTicks_OthersDo()
    {
        var real = new FakeTimeProvider();
        var clock = new NoPeersTimeProvider(real);
        var (samples, checks, once) = (0, 0, 0);
        using var sampling = clock.CreateTimer(_ => samples++, null, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(100));
        using var checking = clock.CreateTimer(_ => checks++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        using var delay = clock.CreateTimer(_ => once++, null, TimeSpan.FromMilliseconds(100), Timeout.InfiniteTimeSpan);

        for (var i = 0; i < 5; i++) real.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal((0, 5, 1), (samples, checks, once));
        Assert.Equal(real.GetUtcNow(), clock.GetUtcNow());
        Assert.Equal(real.GetTimestamp(), clock.GetTimestamp());
    }

    [Fact]
    public void AddToolRuntimeSilo_IsTheClockOfMembershipOnly()
    {
        var host = Host.CreateEmptyApplicationBuilder(new());
        host.AddToolRuntimeSilo(host.Configuration.GetSection("ToolRuntime"));
        using var services = host.Services.BuildServiceProvider();

        Assert.IsType<NoPeersTimeProvider>(services.GetRequiredKeyedService<TimeProvider>(TimeProviderNames.Membership));
        Assert.IsNotType<NoPeersTimeProvider>(services.GetRequiredKeyedService<TimeProvider>(TimeProviderNames.Grains));
    }
}
