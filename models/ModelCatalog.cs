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
internal sealed class ModelCatalog(IServiceProvider services, ModelNames names, IOptions<ModelCatalogOptions> options) : IModelCatalog
{
    public string DefaultModel => options.Value.Default ?? names.FirstProvider ?? DirectiveChatClient.Name;

    public IReadOnlyList<OfferedModel> Offered => names.Offered(options.Value);

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
