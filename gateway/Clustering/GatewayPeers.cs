using System.Collections.Immutable;

namespace ToolRuntime.Gateway.Clustering;

/// <summary>The gateways of the cluster, as far as this one knows; it knows of none where it holds the silo itself.</summary>
internal sealed class GatewayPeers(bool inCluster)
{
    private volatile Known known = new([], []);

    /// <summary>Whether sessions are in other processes, and other gateways show the same ones.</summary>
    public bool InCluster => inCluster;

    /// <summary>Their addresses, this one's included, each such as <c>https://eu1.example.com</c>.</summary>
    public ImmutableArray<string> Urls => known.Urls;

    /// <summary>Whether an origin is that of a gateway, in upper case: pages of all of them are the same page.</summary>
    public bool IsOrigin(string origin) => known.Origins.Contains(origin);

    /// <summary>Takes the addresses that there are now.</summary>
    public void Set(IEnumerable<string> urls)
    {
        var sorted = urls.Order(StringComparer.Ordinal).ToImmutableArray();
        if (!sorted.SequenceEqual(known.Urls)) known = new(sorted, [.. sorted.Select(url => url.ToUpperInvariant())]);
    }

    private sealed record Known(ImmutableArray<string> Urls, ImmutableHashSet<string> Origins);
}
