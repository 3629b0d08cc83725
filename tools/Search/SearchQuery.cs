namespace ToolRuntime.Tools.Search;

/// <summary>What is searched for.</summary>
/// <param name="Text">The words.</param>
/// <param name="Count">How many results are wanted at most.</param>
/// <param name="Deep">Whether better results may take longer and cost more.</param>
/// <param name="Freshness"><c>day</c>, <c>week</c>, <c>month</c> or <c>year</c>: how old results may be; null for any age.</param>
/// <param name="Sites">Hosts that results must be of, or below; empty for all.</param>
/// <param name="ExcludedSites">Hosts that they must not be of.</param>
internal sealed record SearchQuery(string Text, int Count, bool Deep, string? Freshness, IReadOnlyList<string> Sites, IReadOnlyList<string> ExcludedSites)
{
    /// <summary>Whether a result may be of that host.</summary>
    public bool Takes(Uri url) => (Sites.Count == 0 || Sites.Any(site => IsOf(url, site))) && !ExcludedSites.Any(site => IsOf(url, site));

    private static bool IsOf(Uri url, string site) =>
        url.Host.Equals(site, StringComparison.OrdinalIgnoreCase) || url.Host.EndsWith("." + site, StringComparison.OrdinalIgnoreCase);
}
