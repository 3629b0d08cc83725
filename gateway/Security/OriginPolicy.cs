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
        if (request.Headers.Origin.Count == 0) return true;
        return AllowsOther(request) || (request.Headers.Origin is [{ } origin] && IsOwn(origin, request));
    }

    /// <summary>Whether the request's origin is not only the server's own, but another gateway's of its cluster, or listed.</summary>
    public bool AllowsOther(HttpRequest request) =>
        request.Headers.Origin is [{ } origin] && (allowed.Contains(origin.ToUpperInvariant()) || peers.IsOrigin(origin));

    /// <summary>Whether a page can have the origin: scheme, host and port, nothing else.</summary>
    public static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && uri.PathAndQuery is "/" or ""
        && uri.Fragment.Length == 0;

    private static bool IsOwn(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.AbsolutePath == "/" && !origin.EndsWith('/')
        && Uri.TryCreate($"{request.Scheme}://{request.Host}", UriKind.Absolute, out var own)
        && uri.Scheme == own.Scheme && uri.Port == own.Port && string.Equals(uri.Host, own.Host, StringComparison.OrdinalIgnoreCase);
}
