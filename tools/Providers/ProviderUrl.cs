namespace ToolRuntime.Tools.Providers;

/// <summary>Addresses of what providers offer.</summary>
internal static class ProviderUrl
{
    /// <summary>A path below a provider's address, whether that ends with a slash or not.</summary>
    public static Uri Of(Uri server, string path) => new(server.AbsoluteUri.TrimEnd('/') + "/" + path);

    /// <summary>Whether it can be a provider's address.</summary>
    public static bool IsUsable(Uri? url) => url is null or { IsAbsoluteUri: true, Scheme: "http" or "https" };

    /// <summary>Whether it can be a key: a line's end in it, say, is a mistake.</summary>
    public static bool IsUsableKey(string? key) => key is null || key.All(c => c is > ' ' and <= '~');
}
