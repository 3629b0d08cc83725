using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ToolRuntime.Models.Directive;
using ToolRuntime.Models.Schemas;
using ToolRuntime.Tools;

namespace ToolRuntime.Models;

/// <summary>
/// The models by name: registered ones, configured ones, a provider's default (<c>openai</c>), and any of a provider's
/// (<c>openai/model-id</c>).
/// </summary>
internal sealed class ModelCatalog(IServiceProvider services, ModelNames names, ModelLists lists, IOptions<ModelCatalogOptions> options) : IModelCatalog
{
    public string DefaultModel => options.Value.Default ?? names.FirstProvider ?? DirectiveChatClient.Name;

    public async Task<IReadOnlyList<OfferedModel>> ListAsync()
    {
        var configured = names.Offered(options.Value);
        if (!options.Value.AskProviders) return configured;
        var named = configured.Select(model => model.Name).ToHashSet(StringComparer.Ordinal);
        var listed = (await lists.ListAsync()).Where(model => Contains(model.Name) && !named.Contains(model.Name));
        return [.. configured, .. listed.OrderBy(model => model.Name, StringComparer.Ordinal)];
    }

    public bool Contains(string model) => names.IsRegistered(model) || names.Find(options.Value, model) is not null;

    public string? WhyLeftOut(ToolDescriptor tool) => SchemaFit.Of(tool.Parameters.ToElement(), plainTypes: false).Unfit;

    public IChatClient Get(string model)
    {
        if (names.IsRegistered(model)) return services.GetRequiredKeyedService<IChatClient>(model);
        return names.Find(options.Value, model) is var (provider, id)
            ? provider.CreateClient(id)
            : throw new KeyNotFoundException($"There is no model '{model}'.");
    }
}

/// <summary>Names a model whose client is registered under the same key.</summary>
public sealed record ModelRegistration(string Name);
