using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ToolRuntime.Models.Anthropic;
using ToolRuntime.Models.Directive;
using ToolRuntime.Models.Gemini;
using ToolRuntime.Models.OpenAI;
using ToolRuntime.Models.Providers;

namespace ToolRuntime.Models;

/// <summary>Registers the models.</summary>
public static class ModelServiceCollectionExtensions
{
    /// <summary>Adds the catalog, the built-in model, and the providers that have a key or a base address.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">The section <c>ToolRuntime:Models</c>.</param>
    /// <param name="environment">Where <c>OPENAI_API_KEY</c>, <c>OPENAI_BASE_URL</c> and the like are; the section goes before it.</param>
    public static IServiceCollection AddModels(
        this IServiceCollection services, IConfiguration configuration, IConfiguration? environment = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        services.AddOptions<ModelCatalogOptions>().Bind(configuration).ValidateDataAnnotations()
            .Validate(o => o.Named.Values.All(n => n.Provider is "openai" or "anthropic" or "gemini" && n.Model.Length > 0), "A named model needs a Provider (openai, anthropic, gemini) and a Model.")
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddLogging();
        services.AddSingleton(provider => new ProviderHttp(ProviderHttp.CreateClient(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ProviderHttp>>()));
        services.AddProvider("openai", new OpenAIWire(), configuration.GetSection("OpenAI"), environment, "OPENAI");
        services.AddProvider("anthropic", new AnthropicWire(), configuration.GetSection("Anthropic"), environment, "ANTHROPIC");
        services.AddProvider("gemini", new GeminiWire(), configuration.GetSection("Gemini"), environment, "GEMINI");
        services.AddSingleton<ModelNames>().AddSingleton<ModelLists>().AddSingleton<IValidateOptions<ModelCatalogOptions>, DefaultModelCheck>();
        services.AddSingleton<IModelCatalog, ModelCatalog>();
        return services.AddModel(DirectiveChatClient.Name, _ => new DirectiveChatClient());
    }

    /// <summary>Adds a model under a name.</summary>
    public static IServiceCollection AddModel(this IServiceCollection services, string name, Func<IServiceProvider, IChatClient> create)
    {
        services.AddSingleton(new ModelRegistration(name));
        return services.AddKeyedSingleton(name, (provider, _) => create(provider));
    }

    private static void AddProvider(this IServiceCollection services, string name, IProviderWire wire, IConfiguration section, IConfiguration? environment, string prefix)
    {
        services.AddOptions<ProviderOptions>(name)
            .Configure(options =>
            {
                if (environment?[prefix + "_API_KEY"] is { Length: > 0 } key) options.ApiKey = key;
                if (environment?[prefix + "_BASE_URL"] is { Length: > 0 } url) options.BaseUrl = new(url, UriKind.RelativeOrAbsolute);
            })
            .Bind(section)
            .ValidateDataAnnotations()
            .Validate(o => o.BaseUrl is null or { IsAbsoluteUri: true, Scheme: "http" or "https" }, $"The base address of {name} must be an absolute http or https address.")
            .Validate(o => o.ApiKey is not { } key
                || key.All(c => c is > ' ' and <= '~'), $"The key of {name} has characters that no key has; a line's end, perhaps.")
            .ValidateOnStart();
        services.AddSingleton(provider => new ModelProvider(
            name, wire, provider.GetRequiredService<ProviderHttp>(), provider.GetRequiredService<IOptionsMonitor<ProviderOptions>>()));
    }
}
