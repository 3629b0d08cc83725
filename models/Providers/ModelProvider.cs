using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace ToolRuntime.Models.Providers;

/// <summary>A provider under its name; <see cref="CreateClient"/> is cheap, connections are shared.</summary>
internal sealed class ModelProvider(string name, IProviderWire wire, ProviderHttp http, IOptionsMonitor<ProviderOptions> options)
{
    private const int MaxListed = 200;

    public string Name { get; } = name;

    public bool IsUsable => options.Get(Name).IsUsable;

    /// <summary>The id of the model behind the provider's plain name.</summary>
    public string DefaultModel => options.Get(Name).Model ?? wire.DefaultModel;

    /// <summary>What models the provider says it has: at most 200 of them.</summary>
    /// <exception cref="ModelException">It does not say.</exception>
    public async Task<IReadOnlyList<ListedModel>> ListAsync(CancellationToken cancellationToken)
    {
        var settings = options.Get(Name);
        using var response = await http.SendAsync(() => wire.ListRequest(settings), settings, cancellationToken);
        await using var body = await http.ReadAsync(response, settings, cancellationToken);
        using var list = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
        return [.. wire.ReadList(list.RootElement).Take(MaxListed)];
    }

    /// <param name="model">The provider's id of the model; null is its default.</param>
    public IChatClient CreateClient(string? model) =>
        new ProviderChatClient(wire, http, options.Get(Name), model ?? DefaultModel);
}
