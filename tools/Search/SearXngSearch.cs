using System.Globalization;
using System.Text;
using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Providers;

namespace ToolRuntime.Tools.Search;

/// <summary>
/// <c>GET /search?format=json</c> of SearXNG. It has no filter of sites and no week: the words ask for the sites, and what is older or elsewhere is left out here. It gives pages of results; a
/// deep search reads further ones while results are missing.
/// </summary>
internal sealed class SearXngSearch(IOptions<SearchOptions> options, ProviderHttp http, TimeProvider time) : ISearchProvider
{
    private const int DeepPages = 3;
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);

    public string Name => "searxng";

    public async Task SearchAsync(SearchQuery query, Func<SearchHit, ValueTask<bool>> found, IToolContext context, CancellationToken cancellationToken)
    {
        var provider = new Provider("SearXNG", null, options.Value.TimeoutOf(query), options.Value.MaxAnswerBytes);
        for (int page = 1, pages = query.Deep ? DeepPages : 1; page <= pages; page++)
        {
            var number = page;
            var (wanted, any) = await http.CallAsync(provider, () => new(HttpMethod.Get, Address(query, number)), ReadAsync, context, cancellationToken);
            if (!wanted || !any) return;
        }

        async Task<(bool Wanted, bool Any)> ReadAsync(Stream body, CancellationToken token)
        {
            var (wanted, any) = (true, false);
            await foreach (var result in new JsonItems("results").ReadAsync(body, token))
            {
                any = true;
                // The rest is read too: an answer that breaks off is a failure, however much of it was wanted.
                if (wanted && SearchHit.Of(result, "publishedDate") is { } hit && IsFresh(hit, query)) wanted = await found(hit);
            }

            return (wanted, any);
        }
    }

    private Uri Address(SearchQuery query, int page)
    {
        var address = new StringBuilder(ProviderUrl.Of(options.Value.SearXngUrl!, "search").AbsoluteUri);
        address.Append("?format=json&q=").Append(Uri.EscapeDataString(Words(query)));
        if (query.Freshness is { } age) address.Append("&time_range=").Append(age == "week" ? "month" : age);
        if (page > 1) address.Append("&pageno=").Append(page.ToString(CultureInfo.InvariantCulture));
        return new(address.ToString());
    }

    private static string Words(SearchQuery query)
    {
        var sites = string.Join(" OR ", query.Sites.Select(site => "site:" + site));
        IEnumerable<string> words = [query.Text, .. sites.Length > 0 ? [query.Sites.Count > 1 ? $"({sites})" : sites] : Array.Empty<string>(), .. query.ExcludedSites.Select(site => "-site:" + site)];
        return string.Join(' ', words);
    }

    /// <summary>What says nothing of its age is taken.</summary>
    private bool IsFresh(SearchHit hit, SearchQuery query) =>
        query.Freshness != "week"
        || !DateTimeOffset.TryParse(hit.Published, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var published)
        || published > time.Wall().GetUtcNow() - Week;
}
