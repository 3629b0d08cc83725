using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ToolRuntime.Models;

/// <summary>A server does not start with a default model that nobody could use.</summary>
internal sealed class DefaultModelCheck(IServiceProvider services) : IValidateOptions<ModelCatalogOptions>
{
    public ValidateOptionsResult Validate(string? name, ModelCatalogOptions options)
    {
        if (options.Default is not { } model) return ValidateOptionsResult.Success;
        // Asked for only now: it needs the providers, whose own settings may be refused.
        var names = services.GetRequiredService<ModelNames>();
        return names.IsRegistered(model) || names.Find(options, model) is not null
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"ToolRuntime:Models:Default names the model '{model}', which this server does not have. It has {string.Join(", ", names.Known(options))}; a provider needs its key.");
    }
}
