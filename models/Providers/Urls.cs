namespace ToolRuntime.Models.Providers;

/// <summary>Addresses below a base address, whether or not that ends with a slash.</summary>
internal static class Urls
{
    public static Uri Join(Uri baseUrl, string path) => new(baseUrl.AbsoluteUri.TrimEnd('/') + "/" + path);
}
