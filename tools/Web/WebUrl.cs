namespace ToolRuntime.Tools.Web;

/// <summary>Addresses of pages: absolute, http or https, without a name and password in them.</summary>
internal static class WebUrl
{
    /// <exception cref="WebException">It is none.</exception>
    public static Uri Parse(string text) =>
        Uri.TryCreate(text.Trim(), UriKind.Absolute, out var url)
            ? Checked(url)
            : throw WebException.InvalidUrl("The URL is not absolute.");

    /// <exception cref="WebException">It leads to what is none.</exception>
    public static Uri Follow(Uri from, Uri location) =>
        Uri.TryCreate(from, location, out var url) ? Checked(url) : throw WebException.InvalidUrl("The page redirects to what is no URL.");

    private static Uri Checked(Uri url)
    {
        if (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
        {
            throw WebException.InvalidUrl($"Only http and https are fetched, not '{url.Scheme}'.");
        }

        if (url.UserInfo.Length > 0) throw WebException.InvalidUrl("The URL holds a name or password.");
        return url.Host.Length > 0 ? url : throw WebException.InvalidUrl("The URL names no host.");
    }
}
