using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using ToolRuntime.Engine.Calls;
using ToolRuntime.Engine.Contracts;
using ToolRuntime.Engine.Hosting;

namespace ToolRuntime.Engine.Activations;

/// <summary>The activations of one silo. Any thread.</summary>
internal sealed class Catalog : ICallRouter, IDisposable
{
    private readonly ConcurrentDictionary<GrainId, Activation> activations = new();
    private readonly GrainClasses classes;
    private readonly Lazy<CallRuntime> runtime;
    private readonly ITimer collector;
    private readonly long startedAt;
    private readonly int unusedQuanta;
    private volatile bool stopping;

    public Catalog(IServiceProvider services, GrainClasses classes, IOptions<GrainCollectionOptions> options, ILogger<Activation> logger)
    {
        this.classes = classes;
        Services = services;
        Options = options.Value;
        Logger = logger;
        Clock = services.GetClock(TimeProviderNames.ActivationManagement);
        TimerClock = services.GetClock(TimeProviderNames.Grains);
        runtime = new(services.GetRequiredService<CallRuntime>);
        startedAt = Clock.GetTimestamp();
        unusedQuanta = (int)Math.Ceiling(Options.CollectionAge / Options.CollectionQuantum);
        using (ExecutionContext.SuppressFlow())
            collector = Clock.CreateTimer(static catalog => ((Catalog)catalog!).Collect(), this, Options.CollectionQuantum, Options.CollectionQuantum);
    }

    public IServiceProvider Services { get; }

    public GrainCollectionOptions Options { get; }

    public ILogger Logger { get; }

    public TimeProvider Clock { get; }

    public TimeProvider TimerClock { get; }

    public CallRuntime Runtime => runtime.Value;

    public int Count => activations.Count;

    /// <summary>A coarse clock for idle times: reading it costs nothing.</summary>
    public int Quantum { get; private set; }

    public TimeSpan Uptime => Clock.GetElapsedTime(startedAt);

    public void Send(Call call)
    {
        while (Locate(call.Target, call) is { } activation)
        {
            if (activation.TryReceive(call))
                return;
        }
    }

    public Activation? Find(GrainId id) => activations.GetValueOrDefault(id);

    /// <summary>Takes an ended activation out, and puts a new one with the calls that are left in its place. False when the silo takes no more calls.</summary>
    public bool Replace(Activation old, IReadOnlyCollection<Call> calls)
    {
        if (stopping || calls.Count == 0)
        {
            activations.TryRemove(new(old.GrainId, old));
            return !stopping;
        }
        var next = new Activation(this, classes.Find(old.GrainId.Type)!, old.GrainId);
        next.Seed(calls);
        activations[old.GrainId] = next;
        next.Start();
        return true;
    }

    /// <summary>Deactivates everything, and aborts what has not ended within the time given.</summary>
    public async Task StopAsync(TimeSpan grace, CancellationToken cancellationToken)
    {
        stopping = true;
        await collector.DisposeAsync();
        var all = activations.Values.ToArray();
        foreach (var activation in all)
            activation.Deactivate(new(DeactivationReasonCode.ShuttingDown, "The silo is stopping."), cancellationToken);
        await Task.WhenAll(all.Select(activation => activation.Deactivated))
            .WaitAsync(grace, TimeProvider.System, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var activation in activations.Values)
            activation.Abort(new SiloUnavailableException($"The silo of {activation.GrainId} has stopped."));
    }

    public void Dispose() => collector.Dispose();

    private Activation? Locate(GrainId id, Call call)
    {
        if (activations.TryGetValue(id, out var activation))
            return activation;
        if (stopping)
            call.Fail(new SiloUnavailableException($"The silo of {id} is stopping."), null);
        else if (classes.Find(id.Type) is { } grainClass)
            return activations.GetOrAdd(id, static (id, made) => new(made.catalog, made.grainClass, id), (catalog: this, grainClass));
        else
            call.Fail(new ArgumentException($"No grain class has the type {id.Type}."), null);
        return null;
    }

    private void Collect()
    {
        Quantum = (int)(Uptime / Options.CollectionQuantum);
        foreach (var (_, activation) in activations)
            activation.CollectIfUnused(unusedQuanta);
    }
}
