using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Tools.Web;

/// <summary>Firecrawl, which <c>web_scrape</c> asks first where there is a key or an address, section <c>ToolRuntime:Web:Firecrawl</c>.</summary>
public sealed class FirecrawlOptions
{
    private static readonly Uri Service = new("https://api.firecrawl.dev/v2");

    /// <summary>Our key; <c>FIRECRAWL_API_KEY</c>. Default none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>
    /// Address of a server of one's own, its version in it; <c>FIRECRAWL_BASE_URL</c>. Default: https://api.firecrawl.dev/v2 with a key, else none.
    /// </summary>
    public Uri? BaseUrl { get; set; }

    /// <summary>How long it may take, its answer read; then our own fetcher gets the page. <c>SCRAPE_TIMEOUT_MS</c>. 10 ms to 5 min, default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:05:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest answer that is read, bytes. 1 KB to 64 MB, default 8 MB.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxAnswerBytes { get; set; } = 8 * 1024 * 1024;

    internal bool IsUsable => ApiKey is not null || BaseUrl is not null;

    internal Uri Address => BaseUrl ?? Service;
}
