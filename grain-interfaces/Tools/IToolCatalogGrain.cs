using System.Collections.Immutable;
using Orleans.Concurrency;
using ToolRuntime.Models;

namespace ToolRuntime.Tools;

/// <summary>The tools that the silos offer; any key.</summary>
[Alias("toolruntime.IToolCatalogGrain")]
public interface IToolCatalogGrain : IGrainWithStringKey
{
    /// <summary>Every tool, by name.</summary>
    [Alias("List")]
    Task<ImmutableArray<ToolDescriptor>> ListAsync();

    /// <summary>The model that is asked where neither a message nor its session names one.</summary>
    [Alias("DefaultModel")]
    Task<string> GetDefaultModelAsync();

    /// <summary>The models to choose from, by name; providers may be asked, so other calls go on meanwhile.</summary>
    [Alias("Models"), AlwaysInterleave]
    Task<ImmutableArray<OfferedModel>> ListModelsAsync();
}
