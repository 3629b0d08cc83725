using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ToolRuntime.Models.Directive;

namespace ToolRuntime.Models;

/// <summary>Registers the models.</summary>
public static class ModelServiceCollectionExtensions
{
    /// <summary>Adds the catalog and the built-in model.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">The section <c>ToolRuntime:Models</c>.</param>
    public static IServiceCollection AddModels(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ModelCatalogOptions>().Bind(configuration).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IModelCatalog, ModelCatalog>();
        return services.AddModel(DirectiveChatClient.Name, _ => new DirectiveChatClient());
    }

    /// <summary>Adds a model under a name.</summary>
    public static IServiceCollection AddModel(this IServiceCollection services, string name, Func<IServiceProvider, IChatClient> create)
    {
        services.AddSingleton(new ModelRegistration(name));
        return services.AddKeyedSingleton(name, (provider, _) => create(provider));
    }
}
