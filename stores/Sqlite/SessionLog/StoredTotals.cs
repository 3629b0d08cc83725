using System.Collections.Concurrent;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>
/// How many bytes each tenant's owners have stored, for the tenants that somebody has asked for. Any thread reads; only the writer's
/// changes it, and by what is committed.
/// </summary>
internal sealed class StoredTotals
{
    private readonly ConcurrentDictionary<string, Tenant> tenants = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Tenant, string Owner), long> pending = [];

    /// <summary>Null where nobody has asked for the tenant before; the writer has to load it then.</summary>
    public StoredBytes? Find(string tenant, string owner) =>
        tenants.TryGetValue(tenant, out var known) ? new(known.Owners.GetValueOrDefault(owner), Volatile.Read(ref known.Total)) : null;

    /// <summary>Adds to what the current transaction changes.</summary>
    public void Change(string tenant, string owner, long bytes)
    {
        if (bytes != 0) pending[(tenant, owner)] = pending.GetValueOrDefault((tenant, owner)) + bytes;
    }

    /// <summary>Takes a tenant's sums as the current transaction sees them; its own changes count from the commit on.</summary>
    public void Load(string tenant, IEnumerable<(string Owner, long Bytes)> owners)
    {
        if (tenants.ContainsKey(tenant)) return;
        var loaded = new Tenant();
        foreach (var (owner, bytes) in owners) loaded.Add(owner, bytes);
        foreach (var ((changed, owner), bytes) in pending)
        {
            if (changed == tenant) loaded.Add(owner, -bytes);
        }

        tenants[tenant] = loaded;
    }

    public void Commit()
    {
        foreach (var ((tenant, owner), bytes) in pending)
        {
            if (tenants.TryGetValue(tenant, out var known)) known.Add(owner, bytes);
        }

        pending.Clear();
    }

    public void Rollback() => pending.Clear();

    private sealed class Tenant
    {
        public long Total;

        public ConcurrentDictionary<string, long> Owners { get; } = new(StringComparer.Ordinal);

        public void Add(string owner, long bytes)
        {
            Owners[owner] = Owners.GetValueOrDefault(owner) + bytes;
            Volatile.Write(ref Total, Total + bytes);
        }
    }
}
