using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Providers;

namespace ToolRuntime.Tools.Search;

/// <summary>Searches the web with the provider that is configured.</summary>
internal sealed class WebSearchTool : ITool
{
    private const int CacheSeconds = 300;
    private const int DefaultCount = 5;

    /// <summary>All attempts, the waits that a provider asks for and the reading of pages together.</summary>
    private const int TotalTimeoutMs = 60_000;

    private const string NotConfigured = "No search provider is configured on this server: it needs TAVILY_API_KEY, or SEARXNG_BASE_URL with the address of a SearXNG server.";

    private readonly ISearchProvider? provider;
    private readonly PageExtracts extracts;

    public WebSearchTool(IOptions<SearchOptions> options, TavilySearch tavily, SearXngSearch searXng, PageExtracts extracts)
    {
        provider = options.Value switch
        {
            { TavilyApiKey: not null } => tavily,
            { SearXngUrl: not null } => searXng,
            _ => null,
        };
        this.extracts = extracts;
        Descriptor = DescriptorOf(provider is null ? NotConfigured : null, options.Value);
    }

    public ToolDescriptor Descriptor { get; }

    /// <summary>The provider: what it fails at says nothing of the words that were searched.</summary>
    public string? CircuitOf(ToolCall call) => provider?.Name;

    public async Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken)
    {
        if (provider is null) return ToolResult.Failure(ProviderFaults.NotConfigured(NotConfigured));
        var query = QueryOf(call);
        if (query.Text.Length == 0) return ToolResult.Failure(new("invalid_query", "The query is empty."));

        var results = new SearchResults(query, context);
        await context.ReportProgressAsync("searching", message: provider.Name, cancellationToken: cancellationToken);
        try
        {
            await provider.SearchAsync(query, hit => results.AddAsync(hit, cancellationToken), context, cancellationToken);
        }
        catch (ProviderException e)
        {
            return ToolResult.Failure(e.Error);
        }

        await extracts.ReadAsync(results, call.FindNumber("extract_top_n") ?? 0, context, cancellationToken);
        return Result(query, results);
    }

    private ToolResult Result(SearchQuery query, SearchResults results)
    {
        var json = JsonText.Object(json =>
        {
            json.WriteString("query", query.Text);
            json.WriteString("provider", provider!.Name);
            json.WriteString("depth", query.Deep ? "deep" : "basic");
            json.WriteStartArray("results");
            for (var rank = 1; rank <= results.Hits.Count; rank++)
            {
                json.WriteStartObject();
                results.Write(json, rank);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
        var count = results.Hits.Count;
        return ToolResult.Success(json, $"{(count == 0 ? "no" : count)} {(count == 1 ? "result" : "results")} for “{VisibleText.Cut(query.Text, 80)}”");
    }

    private static SearchQuery QueryOf(ToolCall call) => new(
        VisibleText.OnOneLine(call.GetText("query")),
        call.FindNumber("top_k") ?? DefaultCount,
        call.FindText("depth") == "deep",
        call.FindText("freshness"),
        SitesOf(call, "sites"),
        SitesOf(call, "exclude_sites"));

    private static string[] SitesOf(ToolCall call, string name) =>
        call.Find(name) is { } sites ? [.. sites.EnumerateArray().Select(site => site.GetString()!.ToLowerInvariant()).Distinct()] : [];

    private static ToolDescriptor DescriptorOf(string? notForModels, SearchOptions options) => new()
    {
        Name = "web_search",
        Description = "Searches the web and returns titles, addresses and snippets of the best pages, and with extract_top_n the text of the first of them.",
        Parameters = new("""
            {
              "type": "object",
              "properties": {
                "query": { "type": "string", "minLength": 1, "maxLength": 400, "description": "What to search for." },
                "depth": { "enum": ["basic", "deep"], "description": "deep finds better results but takes longer and costs more; basic if left out." },
                "top_k": { "type": "integer", "minimum": 1, "maximum": 20, "description": "Most results; 5 if left out." },
                "freshness": { "enum": ["day", "week", "month", "year"], "description": "How old results may be at most; any age if left out." },
                "sites": {
                  "type": "array", "maxItems": 20, "items": { "type": "string", "maxLength": 253, "pattern": "^[A-Za-z0-9][A-Za-z0-9.-]*$" },
                  "description": "Only results of these hosts, and of hosts below them, as example.org."
                },
                "exclude_sites": {
                  "type": "array", "maxItems": 20, "items": { "type": "string", "maxLength": 253, "pattern": "^[A-Za-z0-9][A-Za-z0-9.-]*$" },
                  "description": "No results of these hosts."
                },
                "extract_top_n": { "type": "integer", "minimum": 0, "maximum": 5, "description": "For so many of the first results, also the text of their pages; 0 if left out." }
              },
              "required": ["query"],
              "additionalProperties": false
            }
            """),
        TimeoutMs = TotalTimeoutMs,
        TotalTimeoutMs = TotalTimeoutMs,
        Idempotency = Idempotency.Yes,
        CacheSeconds = CacheSeconds,
        EstimatedMs = Math.Max(1, (int)(options.Timeout.TotalMilliseconds / 2)),
        NotForModels = notForModels,
    };
}
