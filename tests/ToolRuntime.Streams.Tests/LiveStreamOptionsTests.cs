using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ToolRuntime.Streams.Tests;

public sealed class LiveStreamOptionsTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(LiveStreamOptions.LongestQueue + 1)]
    public async Task QueueLength_OutOfRange_IsRefusedAtTheStart(int length)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.UseOrleans(silo => silo.UseLocalhostClustering(gatewayPort: 0).AddLiveStreams("live", o => o.QueueLength = length));
        using var host = builder.Build();

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains("'live'", refused.Message, StringComparison.Ordinal);
    }
}
