using System.Collections.Immutable;

namespace ToolRuntime.SessionLog;

/// <summary>What is wrong with this process's stores. The stores say so, and ask themselves each second until they work again; readiness and recovery look here.</summary>
public sealed class StoreHealth
{
    private readonly Lock gate = new();
    private ImmutableSortedDictionary<string, string?> stores = ImmutableSortedDictionary.Create<string, string?>(StringComparer.Ordinal);

    /// <summary>A store works again, and no other fails. Called on a thread of the pool.</summary>
    public event Action? Recovered;

    /// <summary>Every store with the reason for which it fails; null where it works.</summary>
    public IReadOnlyDictionary<string, string?> Stores => stores;

    /// <summary>Whether all work.</summary>
    public bool IsHealthy => stores.Values.All(reason => reason is null);

    /// <summary>A store that works so far.</summary>
    public void Add(string store)
    {
        lock (gate) stores = stores.SetItem(store, null);
    }

    /// <summary>The store fails, in words for a client. True if it worked before.</summary>
    public bool Fail(string store, string reason)
    {
        lock (gate)
        {
            var worked = stores.GetValueOrDefault(store) is null;
            stores = stores.SetItem(store, reason);
            return worked;
        }
    }

    /// <summary>The store works again.</summary>
    public void Recover(string store)
    {
        lock (gate) stores = stores.SetItem(store, null);
        if (IsHealthy && Recovered is { } told) _ = Task.Run(told);
    }
}
