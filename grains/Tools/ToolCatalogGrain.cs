using System.Collections.Immutable;
using ToolRuntime.Models;
using ToolRuntime.Runners;

namespace ToolRuntime.Tools;

/// <summary>The tools of the silo that it lives in; silos of a cluster have the same.</summary>
[GrainType("tool-catalog")]
internal sealed class ToolCatalogGrain(ToolCatalog catalog, IModelCatalog models) : Grain, IToolCatalogGrain
{
    private ImmutableArray<ToolDescriptor> known;
    private ImmutableArray<ToolDescriptor> told;

    public Task<string> GetDefaultModelAsync() => Task.FromResult(models.DefaultModel);

    public async Task<ImmutableArray<OfferedModel>> ListModelsAsync() => [.. await models.ListAsync()];

    public Task<ImmutableArray<ToolDescriptor>> ListAsync()
    {
        var now = catalog.Descriptors;
        if (now == known) return Task.FromResult(told);
        (known, told) = (now, [.. now.Select(tool => models.WhyLeftOut(tool) is { } why ? tool with { NotForModels = why } : tool)]);
        return Task.FromResult(told);
    }
}
