using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Providers;

namespace ToolRuntime.Tools.Search;

/// <summary>Tavily's <c>POST /search</c>.</summary>
internal sealed class TavilySearch(IOptions<SearchOptions> options, ProviderHttp http) : ISearchProvider
{
    public string Name => "tavily";

    public Task SearchAsync(SearchQuery query, Func<SearchHit, ValueTask<bool>> found, IToolContext context, CancellationToken cancellationToken)
    {
        var provider = new Provider("Tavily", options.Value.TavilyApiKey, options.Value.TimeoutOf(query), options.Value.MaxAnswerBytes);
        return http.CallAsync(provider, () => Request(query), ReadAsync, context, cancellationToken);

        async Task<bool> ReadAsync(Stream body, CancellationToken token)
        {
            await foreach (var result in new JsonItems("results").ReadAsync(body, token))
            {
                if (SearchHit.Of(result, "published_date") is { } hit) await found(hit);
            }

            return true;
        }
    }

    private HttpRequestMessage Request(SearchQuery query)
    {
        var body = JsonText.Object(json =>
        {
            json.WriteString("query", query.Text);
            json.WriteString("search_depth", query.Deep ? "advanced" : "basic");
            json.WriteNumber("max_results", query.Count);
            if (query.Freshness is { } age) json.WriteString("time_range", age);
            WriteSites("include_domains", query.Sites);
            WriteSites("exclude_domains", query.ExcludedSites);

            void WriteSites(string name, IReadOnlyList<string> sites)
            {
                if (sites.Count == 0) return;
                json.WriteStartArray(name);
                foreach (var site in sites) json.WriteStringValue(site);
                json.WriteEndArray();
            }
        });
        return new(HttpMethod.Post, ProviderUrl.Of(options.Value.TavilyUrl, "search"))
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.Json)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
    }
}
