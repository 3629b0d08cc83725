using System.Collections.ObjectModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using ToolRuntime.Engine.Cluster;

namespace Orleans.TestingHost;

/// <summary>Silos and a client in the test's process. What is kept in memory outlives a silo, not the cluster.</summary>
public sealed class InProcessTestCluster : IDisposable, IAsyncDisposable
{
    private readonly List<InProcessSiloHandle> silos = [];
    private readonly ProcessCluster cluster;
    private IHost? client;
    private int lastNumber = -1;

    internal InProcessTestCluster(InProcessTestClusterOptions options)
    {
        Options = options;
        cluster = ProcessCluster.Join(options.ClusterId, asSilo: false);
    }

    public InProcessTestClusterOptions Options { get; }

    public IClusterClient Client => client?.Services.GetRequiredService<IClusterClient>() ?? throw new InvalidOperationException("The client is not running.");

    public ReadOnlyCollection<InProcessSiloHandle> Silos
    {
        get
        {
            lock (silos)
                return new([.. silos]);
        }
    }

    public Task DeployAsync() => DeployAsync(CancellationToken.None);

    public async Task DeployAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < Options.InitialSilosCount; i++)
            await StartSiloAsync(cancellationToken);
        if (Options.InitializeClientOnDeploy)
            await InitializeClientAsync(cancellationToken);
    }

    public Task<InProcessSiloHandle> StartAdditionalSiloAsync() => StartSiloAsync(CancellationToken.None);

    public Task InitializeClientAsync() => InitializeClientAsync(CancellationToken.None);

    public async Task InitializeClientAsync(CancellationToken cancellationToken)
    {
        var host = NewHost();
        host.UseOrleansClient(_ => { });
        foreach (var configure in Options.ClientHostConfigurationDelegates)
            configure(host);
        client = host.Build();
        await client.StartAsync(cancellationToken);
    }

    public IServiceProvider GetSiloServiceProvider(SiloAddress? silo = null) =>
        Silos.First(handle => silo is null || handle.SiloAddress.Equals(silo)).ServiceProvider;

    public Task StopSiloAsync(InProcessSiloHandle instance) => EndSiloAsync(instance, graceful: true);

    /// <summary>Stops a silo at once. As on Orleans this is no crash: OnDeactivateAsync runs.</summary>
    public Task KillSiloAsync(InProcessSiloHandle instance) => EndSiloAsync(instance, graceful: false);

    public async Task StopAllSilosAsync()
    {
        foreach (var silo in Silos.Reverse())
            await StopSiloAsync(silo);
    }

    public async Task StopClusterClientAsync()
    {
        if (Interlocked.Exchange(ref client, null) is not { } host)
            return;
        await host.StopAsync();
        await DisposeAsync(host);
    }

    public async ValueTask DisposeAsync()
    {
        await StopClusterClientAsync();
        await StopAllSilosAsync();
        GC.KeepAlive(cluster);
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    internal static ValueTask DisposeAsync(IHost host)
    {
        if (host is IAsyncDisposable disposable)
            return disposable.DisposeAsync();
        host.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<InProcessSiloHandle> StartSiloAsync(CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref lastNumber);
        var options = new InProcessTestSiloSpecificOptions { SiloName = number == 0 ? "Primary" : $"Secondary_{number}" };
        var host = NewHost();
        host.UseOrleans(_ => { });
        foreach (var configure in Options.SiloHostConfigurationDelegates)
            configure(options, host);
        var handle = new InProcessSiloHandle(options.SiloName, host.Build());
        await handle.SiloHost.StartAsync(cancellationToken);
        lock (silos)
            silos.Add(handle);
        return handle;
    }

    private HostApplicationBuilder NewHost()
    {
        var host = Host.CreateEmptyApplicationBuilder(new() { EnvironmentName = Environments.Development, ApplicationName = "TestCluster" });
        host.Services.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (Options.ClusterId, Options.ServiceId));
        return host;
    }

    private async Task EndSiloAsync(InProcessSiloHandle silo, bool graceful)
    {
        lock (silos)
            silos.Remove(silo);
        await silo.StopSiloAsync(graceful);
        await silo.DisposeAsync();
    }
}
