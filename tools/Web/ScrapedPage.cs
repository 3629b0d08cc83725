namespace ToolRuntime.Tools.Web;

/// <summary>A page as it was read.</summary>
/// <param name="Provider">Who got it: <c>own</c> or <c>firecrawl</c>.</param>
/// <param name="Url">Where it came from, redirects followed.</param>
/// <param name="Status">The status of its server.</param>
/// <param name="MediaType">Its type; empty where nobody said.</param>
/// <param name="Read">What is on it.</param>
/// <param name="Bytes">How much was got.</param>
/// <param name="Truncated">There was more.</param>
internal sealed record ScrapedPage(string Provider, Uri Url, int Status, string MediaType, HtmlPage Read, int Bytes, bool Truncated)
{
    /// <summary>Why Firecrawl, which was asked first, did not get it.</summary>
    public string? Fallback { get; init; }
}
