using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace ToolRuntime.Placement;

/// <summary>The pools that this silo is in.</summary>
internal sealed record SiloPoolNames(IReadOnlyCollection<string> Names);

/// <summary>
/// Which silos are in which pool: silos for tools that need what not every one has, a GPU, a network, a licence. Each says it in its metadata. A silo that is alone
/// is in all of them.
/// </summary>
internal sealed class SiloPools(SiloPoolNames? mine = null, ISiloMetadataCache? metadata = null)
{
    /// <summary>The name under which a silo's metadata has its pools, by commas.</summary>
    public const string MetadataKey = "toolruntime.pools";

    private readonly ConcurrentDictionary<SessionKey, bool> sessions = new();

    /// <summary>Sessions of this silo that have had executions in a pool: what is elsewhere may die with a silo that is not theirs.</summary>
    public IEnumerable<SessionKey> Sessions => sessions.Keys;

    public void Note(SessionKey session) => sessions.TryAdd(session, true);

    public void Forget(SessionKey session) => sessions.TryRemove(session, out _);

    public bool IsHere(string pool) => mine is null || mine.Names.Contains(pool);

    /// <summary>Those of some silos that are in a pool, as far as this one knows.</summary>
    public SiloAddress[] Of(string pool, IEnumerable<SiloAddress> silos) =>
        metadata is null ? [] : [.. silos.Where(silo => metadata.GetSiloMetadata(silo).Metadata.TryGetValue(MetadataKey, out var names) && names.Split(',').Contains(pool))];
}

/// <summary>Puts a silo into pools.</summary>
internal static class SiloPoolExtensions
{
    public static ISiloBuilder UsePools(this ISiloBuilder silo, IReadOnlyCollection<string> names)
    {
        silo.Services.AddSingleton(new SiloPoolNames(names));
        return silo.UseSiloMetadata(new Dictionary<string, string> { [SiloPools.MetadataKey] = string.Join(',', names) });
    }
}
