using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace ToolRuntime.Models.Providers;

/// <summary>A provider under its name; <see cref="CreateClient"/> is cheap, connections are shared.</summary>
internal sealed class ModelProvider(string name, IProviderWire wire, ProviderHttp http, IOptionsMonitor<ProviderOptions> options)
{
    public string Name { get; } = name;

    public bool IsUsable => options.Get(Name).IsUsable;

    /// <summary>The id of the model behind the provider's plain name.</summary>
    public string DefaultModel => options.Get(Name).Model ?? wire.DefaultModel;

    /// <param name="model">The provider's id of the model; null is its default.</param>
    public IChatClient CreateClient(string? model) =>
        new ProviderChatClient(wire, http, options.Get(Name), model ?? DefaultModel);
}
