using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.Clustering;

namespace ToolRuntime.Gateway.Security;

/// <summary>Which pages may talk to the server.</summary>
internal sealed class OriginPolicy(IOptions<AccessOptions> options, GatewayPeers peers)
{
    private readonly HashSet<string> allowed = [.. options.Value.AllowedOrigins.Select(origin => origin.TrimEnd('/').ToUpperInvariant())];

    /// <summary>Whether the request's origin, if it has one, is the server's own, another gateway's of its cluster, or listed.</summary>
    public bool Allows(HttpRequest request)
    {
        var origins = request.Headers.Origin;
        if (origins.Count == 0) return true;
        if (origins.Count > 1 || origins[0] is not { } origin) return false;
        var known = origin.ToUpperInvariant();
        return allowed.Contains(known) || peers.IsOrigin(known) || IsOwn(origin, request);
    }

    /// <summary>Whether a page can have the origin: scheme, host and port, nothing else.</summary>
    public static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && uri.PathAndQuery is "/" or ""
        && uri.Fragment.Length == 0;

    private static bool IsOwn(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.AbsolutePath == "/" && !origin.EndsWith('/')
        && Uri.TryCreate($"{request.Scheme}://{request.Host}", UriKind.Absolute, out var own)
        && uri.Scheme == own.Scheme && uri.Port == own.Port && string.Equals(uri.Host, own.Host, StringComparison.OrdinalIgnoreCase);
}
