using ToolRuntime.Models.Providers;

namespace ToolRuntime.Models;

/// <summary>What a model's name stands for.</summary>
internal sealed class ModelNames(IEnumerable<ModelRegistration> registrations, IEnumerable<ModelProvider> providers)
{
    private const int MaxModelId = 128;

    private readonly HashSet<string> registered = [.. registrations.Select(r => r.Name)];
    private readonly ModelProvider[] usable = [.. providers.Where(p => p.IsUsable)];

    /// <summary>The first provider that can be used, or null.</summary>
    public string? FirstProvider => usable.FirstOrDefault()?.Name;

    public bool IsRegistered(string name) => registered.Contains(name);

    /// <summary>The provider and its model that a name means; the provider's default where it names none.</summary>
    public (ModelProvider Provider, string? Model)? Find(ModelCatalogOptions options, string name)
    {
        if (options.Named.TryGetValue(name, out var named)) return Provider(named.Provider) is { } of ? (of, named.Model) : null;
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (Provider(slash < 0 ? name : name[..slash]) is not { } provider) return null;
        if (slash < 0) return (provider, null);
        return IsModelId(name.AsSpan(slash + 1)) ? (provider, name[(slash + 1)..]) : null;
    }

    /// <summary>The names that there are, for people.</summary>
    public IEnumerable<string> Known(ModelCatalogOptions options) =>
        registered.Concat(usable.SelectMany(provider => (string[])[provider.Name, $"{provider.Name}/.."])).Concat(options.Named.Where(named => Provider(named.Value.Provider) is not null).Select(named => named.Key)).Order(StringComparer.Ordinal);

    /// <summary>Registered ones, each usable provider's default, the named ones and the default of all; by name.</summary>
    public IReadOnlyList<OfferedModel> Offered(ModelCatalogOptions options)
    {
        var offered = new SortedDictionary<string, OfferedModel>(StringComparer.Ordinal);
        foreach (var provider in usable) offered[provider.Name] = new(provider.Name, provider.Name, provider.DefaultModel);
        foreach (var (name, named) in options.Named) if (Provider(named.Provider) is { } of) offered[name] = new(name, of.Name, named.Model);
        foreach (var name in registered) offered[name] = new(name, name, null);
        if (options.Default is { } usual && !offered.ContainsKey(usual) && Find(options, usual) is var (by, id)) offered[usual] = new(usual, by.Name, id);
        return [.. offered.Values];
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
