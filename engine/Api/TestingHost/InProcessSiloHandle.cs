using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ToolRuntime.Engine.Hosting;

namespace Orleans.TestingHost;

/// <summary>A silo of a test cluster.</summary>
public sealed class InProcessSiloHandle : IAsyncDisposable
{
    private readonly Silo silo;

    internal InProcessSiloHandle(string name, IHost host)
    {
        Name = name;
        SiloHost = host;
        silo = host.Services.GetRequiredService<Silo>();
    }

    public string Name { get; }

    public IHost SiloHost { get; }

    public IServiceProvider ServiceProvider => SiloHost.Services;

    public SiloAddress SiloAddress => silo.Address;

    public bool IsActive { get; private set; } = true;

    public async Task StopSiloAsync(bool stopGracefully)
    {
        if (!IsActive)
            return;
        IsActive = false;
        if (!stopGracefully)
            await silo.StopAsync(new CancellationToken(canceled: true));
        await SiloHost.StopAsync();
    }

    public ValueTask DisposeAsync() => InProcessTestCluster.DisposeAsync(SiloHost);
}
