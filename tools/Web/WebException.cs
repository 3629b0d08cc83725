namespace ToolRuntime.Tools.Web;

/// <summary>A page that can't be had, and why.</summary>
internal sealed class WebException(ToolError error, Exception? inner = null) : Exception(error.Message, inner)
{
    public ToolError Error => error;

    public static WebException InvalidUrl(string why) => new(new("invalid_url", why));

    public static WebException AddressDenied(AddressDeniedException denied, Exception inner) => new(new("address_denied", denied.Message), inner);

    public static WebException HostNotFound(Uri url, Exception inner) => new(new("host_not_found", $"There is no host '{url.Host}'."), inner);
}
