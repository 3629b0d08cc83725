using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ToolRuntime.Engine.Activations;
using ToolRuntime.Engine.Calls;
using ToolRuntime.Engine.Cluster;
using ToolRuntime.Engine.Contracts;
using ToolRuntime.Engine.Reminders;

namespace ToolRuntime.Engine.Hosting;

/// <summary>A silo's start and stop.</summary>
internal sealed partial class Silo(Catalog catalog, ProcessCluster cluster, IServiceProvider services, ILogger<Silo> logger) : IHostedService, ISiloMember
{
    // Hosts give themselves 30 s to stop; the rest is for others.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static int lastGeneration;

    private bool started;

    public SiloAddress Address { get; } = SiloAddress.New(new(IPAddress.Loopback, 0), Interlocked.Increment(ref lastGeneration));

    public ICallRouter Router => catalog;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        GrainClasses.OfProcess.RequireSoundContracts();
        started = true;
        await cluster.AddAsync(this, cancellationToken);
        LogStarted(logger, Address);
    }

    public async Task OwnAsync(CancellationToken cancellationToken)
    {
        if (services.GetService<ReminderSchedule>() is { } reminders)
            await reminders.AcquireAsync(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!started)
            return;
        started = false;
        services.GetService<ReminderSchedule>()?.Dispose();
        await cluster.ResignAsync(this, CancellationToken.None);
        await catalog.StopAsync(Grace, cancellationToken);
        cluster.Remove(this);
        LogStopped(logger, Address);
    }
}
