using System.Collections.Concurrent;
using ToolRuntime.Engine.Calls;

namespace ToolRuntime.Engine.Cluster;

/// <summary>
/// A cluster whose hosts all live in this process: its silos in the order they came, its channels and what it keeps in memory.
/// The first silo that still serves has all grains; the next one takes over when it goes.
/// </summary>
internal sealed class ProcessCluster : ICallRouter
{
    private const string DefaultId = "default";
    private static readonly ConcurrentDictionary<string, WeakReference<ProcessCluster>> Named = new();

    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<(Type, string), object> kept = new();
    private readonly List<ISiloMember> silos = [];
    private ISiloMember? owner;

    public IPublishSubscribe Channels { get; } = new MemoryPublishSubscribe();

    /// <summary>The cluster a host belongs to. A silo that is given no cluster id has a cluster of its own, and is the one that clients without an id find.</summary>
    public static ProcessCluster Join(string clusterId, bool asSilo)
    {
        if (clusterId == DefaultId && asSilo)
        {
            var own = new ProcessCluster();
            Named[clusterId] = new(own);
            return own;
        }
        while (true)
        {
            var reference = Named.GetOrAdd(clusterId, static _ => new(new()));
            if (reference.TryGetTarget(out var cluster))
                return cluster;
            Named.TryRemove(new(clusterId, reference));
        }
    }

    /// <summary>Something that outlives a silo, such as a memory storage.</summary>
    public T Keep<T>(string name)
        where T : class, new() => (T)kept.GetOrAdd((typeof(T), name), static _ => new T());

    public async Task AddAsync(ISiloMember silo, CancellationToken cancellationToken)
    {
        bool owns;
        lock (gate)
        {
            silos.Add(silo);
            owner ??= silo;
            owns = owner == silo;
        }
        if (owns)
            await silo.OwnAsync(cancellationToken);
    }

    /// <summary>Hands the grains to the next silo, if there is one; otherwise they stay until <see cref="Remove"/>.</summary>
    public async Task ResignAsync(ISiloMember silo, CancellationToken cancellationToken)
    {
        ISiloMember? next;
        lock (gate)
        {
            silos.Remove(silo);
            next = owner == silo ? silos.FirstOrDefault() : null;
            owner = next ?? owner;
        }
        if (next is not null)
            await next.OwnAsync(cancellationToken);
    }

    public void Remove(ISiloMember silo)
    {
        lock (gate)
        {
            if (owner == silo)
                owner = null;
        }
    }

    public void Send(Call call)
    {
        if (Volatile.Read(ref owner) is { } silo)
            silo.Router.Send(call);
        else
            call.Fail(new SiloUnavailableException("The cluster has no silo."), null);
    }
}

/// <summary>A silo as its cluster sees it.</summary>
internal interface ISiloMember
{
    ICallRouter Router { get; }

    /// <summary>The silo now has the grains.</summary>
    Task OwnAsync(CancellationToken cancellationToken);
}
