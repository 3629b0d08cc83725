using System.Collections.Immutable;
using ToolRuntime.Runners;

namespace ToolRuntime.Tools;

/// <summary>The tools of the silo that it lives in; silos of a cluster have the same.</summary>
[GrainType("tool-catalog")]
internal sealed class ToolCatalogGrain(ToolCatalog catalog) : Grain, IToolCatalogGrain
{
    public Task<ImmutableArray<ToolDescriptor>> ListAsync() => Task.FromResult(catalog.Descriptors);
}
