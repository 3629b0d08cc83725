using System.Runtime.InteropServices;

namespace ToolRuntime.Limiting;

/// <summary>What this process holds, where no other counts.</summary>
public sealed class MemoryUseLimits : IUseLimits
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public bool Shared => false;

    /// <inheritdoc />
    public ValueTask<int> AddAsync(string name, int wanted, int limit) => new(Take(name, wanted, limit));

    /// <inheritdoc />
    public void Add(string name, int count) => Take(name, count, 0);

    /// <inheritdoc />
    public void Remove(string name, int count)
    {
        lock (gate)
        {
            if (counts[name] == count) counts.Remove(name);
            else counts[name] -= count;
        }
    }

    /// <inheritdoc />
    public int Count(string name)
    {
        lock (gate) return counts.GetValueOrDefault(name);
    }

    /// <inheritdoc />
    public ValueTask LookAsync(string name, int limit) => default;

    private int Take(string name, int wanted, int limit)
    {
        lock (gate)
        {
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, name, out _);
            var taken = limit == 0 ? wanted : Math.Clamp(limit - count, 0, wanted);
            count += taken;
            if (count == 0) counts.Remove(name);
            return taken;
        }
    }
}
