using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ToolRuntime.Models;

/// <summary>The registered models by name.</summary>
internal sealed class ModelCatalog(IServiceProvider services, IEnumerable<ModelRegistration> registrations, IOptions<ModelCatalogOptions> options) : IModelCatalog
{
    private readonly HashSet<string> names = [.. registrations.Select(r => r.Name)];

    public string DefaultModel => options.Value.Default;

    public bool Contains(string model) => names.Contains(model);

    public IChatClient Get(string model) => Contains(model)
        ? services.GetRequiredKeyedService<IChatClient>(model)
        : throw new KeyNotFoundException($"There is no model '{model}'.");
}

/// <summary>Names a model whose client is registered under the same key.</summary>
public sealed record ModelRegistration(string Name);
