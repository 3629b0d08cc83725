using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace ToolRuntime.Hosting;

/// <summary>
/// References to grains made from what an earlier one of the interface has shown. <c>GetGrain</c> and <c>AsReference</c> look through the
/// interface's attributes at each call, which costs more than the call that follows (docs/benchmarks.md).
/// </summary>
internal static class GrainReferences
{
    private static readonly ConditionalWeakTable<IGrainFactory, ConcurrentDictionary<Type, GrainReference>> Known = [];

    /// <summary>The same as <c>GetGrain</c>.</summary>
    public static T ReferenceTo<T>(this IGrainFactory grains, string key)
        where T : IGrainWithStringKey
    {
        var known = Known.GetOrCreateValue(grains);
        if (known.TryGetValue(typeof(T), out var sibling))
        {
            return (T)grains.GetGrain(GrainId.Create(sibling.GrainId.Type, key), sibling.InterfaceType);
        }

        var reference = grains.GetGrain<T>(key);
        known.TryAdd(typeof(T), (GrainReference)(object)reference);
        return reference;
    }
}
