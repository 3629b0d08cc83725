using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Tools.Search;

/// <summary>Where <c>web_search</c> searches, section <c>ToolRuntime:Search</c>. Tavily with a key, else SearXNG with an address, else it fails with <c>provider_not_configured</c>.</summary>
public sealed class SearchOptions
{
    /// <summary>Our key at Tavily; <c>TAVILY_API_KEY</c>. Default none.</summary>
    public string? TavilyApiKey { get; set; }

    /// <summary>Tavily's address, or that of a server that speaks as it does; <c>TAVILY_BASE_URL</c>. Default https://api.tavily.com.</summary>
    public Uri TavilyUrl { get; set; } = new("https://api.tavily.com");

    /// <summary>Address of a SearXNG server that serves <c>format=json</c>, used where there is no key of Tavily; <c>SEARXNG_BASE_URL</c>. Default none.</summary>
    public Uri? SearXngUrl { get; set; }

    /// <summary>
    /// How long a search may take, the provider's answer read; <c>WEB_SEARCH_TIMEOUT_MS</c>, which holds for deep searches too. 10 ms to 5 min, default 1.5 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:05:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(1.5);

    /// <summary>The same of a deep search. 10 ms to 5 min, default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "00:05:00")]
    public TimeSpan DeepTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest answer of a provider that is read, bytes. 1 KB to 64 MB, default 2 MB.</summary>
    [Range(1024, 64 * 1024 * 1024)]
    public int MaxAnswerBytes { get; set; } = 2 * 1024 * 1024;

    /// <summary>Characters of a page's text that a result with <c>extract_top_n</c> holds. 100 to 1,000,000, default 10,000.</summary>
    [Range(100, 1_000_000)]
    public int MaxExtractCharacters { get; set; } = 10_000;

    /// <summary>How long reading the pages of <c>extract_top_n</c> may take; those that are not read by then are said to be missing. 0.1 s to 5 min, default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan ExtractTimeout { get; set; } = TimeSpan.FromSeconds(5);

    internal TimeSpan TimeoutOf(SearchQuery query) => query.Deep ? DeepTimeout : Timeout;
}
