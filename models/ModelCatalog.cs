using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ToolRuntime.Models.Directive;
using ToolRuntime.Models.Providers;

namespace ToolRuntime.Models;

/// <summary>The models by name: registered ones, configured ones, a provider's default (<c>openai</c>), and any of a provider's (<c>openai/model-id</c>).</summary>
internal sealed class ModelCatalog(
    IServiceProvider services, IEnumerable<ModelRegistration> registrations, IEnumerable<ModelProvider> providers, IOptions<ModelCatalogOptions> options) : IModelCatalog
{
    private const int MaxModelId = 128;

    private readonly HashSet<string> names = [.. registrations.Select(r => r.Name)];
    private readonly ModelProvider[] usable = [.. providers.Where(p => p.IsUsable)];

    public string DefaultModel => options.Value.Default ?? usable.FirstOrDefault()?.Name ?? DirectiveChatClient.Name;

    public bool Contains(string model) => names.Contains(model) || Find(model) is not null;

    public IChatClient Get(string model)
    {
        if (names.Contains(model)) return services.GetRequiredKeyedService<IChatClient>(model);
        return Find(model) is var (provider, id) ? provider.CreateClient(id) : throw new KeyNotFoundException($"There is no model '{model}'.");
    }

    private (ModelProvider Provider, string? Model)? Find(string name)
    {
        if (options.Value.Named.TryGetValue(name, out var named)) return Provider(named.Provider) is { } of ? (of, named.Model) : null;
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (Provider(slash < 0 ? name : name[..slash]) is not { } provider) return null;
        if (slash < 0) return (provider, null);
        return IsModelId(name.AsSpan(slash + 1)) ? (provider, name[(slash + 1)..]) : null;
    }

    private ModelProvider? Provider(string name) => Array.Find(usable, p => p.Name == name);

    private static bool IsModelId(ReadOnlySpan<char> id)
    {
        if (id.Length is 0 or > MaxModelId || !char.IsAsciiLetterOrDigit(id[0])) return false;
        foreach (var c in id)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-' or ':' or '/' or '@')) return false;
        }

        return true;
    }
}

/// <summary>Names a model whose client is registered under the same key.</summary>
public sealed record ModelRegistration(string Name);
