using System.Collections.Immutable;

namespace ToolRuntime.Gateway.Clustering;

/// <summary>The gateways of the cluster, as far as this one knows; it knows of none where it holds the silo itself.</summary>
internal sealed class GatewayPeers(bool inCluster)
{
    private volatile Known known = new([], []);

    /// <summary>Called with the addresses after they have changed.</summary>
    public event Action<ImmutableArray<string>>? Changed;

    /// <summary>Whether sessions are in other processes, and other gateways show the same ones.</summary>
    public bool InCluster => inCluster;

    /// <summary>Their addresses, this one's included, each such as <c>https://eu1.example.com</c>.</summary>
    public ImmutableArray<string> Urls => known.Urls;

    /// <summary>Whether an origin is that of a gateway, or of one that was there lately: pages of all of them are the same page, and live on without it.</summary>
    public bool IsOrigin(string origin) => known.Origins.Contains(origin.ToUpperInvariant());

    /// <summary>Takes the addresses that there are now, and those from which pages may have come.</summary>
    public void Set(IEnumerable<string> urls, IEnumerable<string> lately)
    {
        var sorted = urls.Order(StringComparer.Ordinal).ToImmutableArray();
        var before = known.Urls;
        known = new(sorted, [.. sorted.Concat(lately).Select(url => url.ToUpperInvariant())]);
        if (!sorted.SequenceEqual(before)) Changed?.Invoke(sorted);
    }

    private sealed record Known(ImmutableArray<string> Urls, ImmutableHashSet<string> Origins);
}
