using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Providers;

namespace ToolRuntime.Tools.Web;

/// <summary>Firecrawl's <c>POST /v2/scrape</c>. Of what it gives, the page's HTML is read as ours is; its Markdown counts where there is no HTML, as of a PDF.</summary>
internal sealed class FirecrawlPages(IOptions<FirecrawlOptions> options, IOptions<WebOptions> web, ProviderHttp http, TimeProvider time) : IPageProvider
{
    /// <summary>It takes no shorter time-out.</summary>
    private const int LeastTimeoutMs = 1_000;

    public async Task<ScrapedPage> ReadAsync(Uri url, bool markdown, IToolContext context, CancellationToken cancellationToken)
    {
        var provider = new Provider("Firecrawl", options.Value.ApiKey, options.Value.Timeout, options.Value.MaxAnswerBytes);
        await context.ReportProgressAsync("scraping", message: provider.Name, cancellationToken: cancellationToken);
        return await http.CallAsync(provider, () => Request(url), ReadAnswerAsync, context, cancellationToken);

        async Task<ScrapedPage> ReadAnswerAsync(Stream body, CancellationToken token)
        {
            using var answer = await JsonDocument.ParseAsync(body, cancellationToken: token);
            return PageOf(provider, answer.RootElement, url, markdown);
        }
    }

    private HttpRequestMessage Request(Uri url)
    {
        var body = JsonText.Object(json =>
        {
            json.WriteString("url", url.AbsoluteUri);
            json.WriteStartArray("formats");
            json.WriteStringValue("html");
            json.WriteStringValue("markdown");
            json.WriteEndArray();
            json.WriteNumber("timeout", Math.Max(LeastTimeoutMs, (int)options.Value.Timeout.TotalMilliseconds));
        });
        return new(HttpMethod.Post, ProviderUrl.Of(options.Value.Address, "scrape"))
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.Json)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
    }

    private ScrapedPage PageOf(Provider provider, JsonElement answer, Uri url, bool markdown)
    {
        if (answer.ValueKind != JsonValueKind.Object) throw ProviderFaults.Malformed(provider, "it is no object");
        if (answer.TryGetProperty("success", out var success) && success.ValueKind == JsonValueKind.False) throw ProviderFaults.Failed(provider, ProviderWords.Of(answer, provider));
        if (Find(answer, "data") is not { } data) throw ProviderFaults.Malformed(provider, "it has no 'data'");

        var facts = Find(data, "metadata");
        var status = facts is { } known && known.TryGetProperty("statusCode", out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var code) ? code : 200;
        if (status >= 400) throw new WebException(new("http_status", $"The server answered {status}.", status is 429 or 503));
        var (html, given) = (Text(data, "html"), Text(data, "markdown"));
        if (html is null && given is null) throw ProviderFaults.Malformed(provider, "it has neither 'html' nor 'markdown'");

        var address = Uri.TryCreate(Text(facts, "url") ?? Text(facts, "sourceURL"), UriKind.Absolute, out var final) && final.Scheme is "http" or "https" ? final : url;
        var read = string.IsNullOrWhiteSpace(html) ? ReadMarkdown(given ?? "") : HtmlPage.Read(html, address, web.Value.MaxCharacters, markdown, time);
        if (VisibleText.OnOneLine(Text(facts, "title") ?? "") is { Length: > 0 } title) read = read with { Title = VisibleText.Cut(title, web.Value.MaxCharacters) };
        return new("firecrawl", address, status, Text(facts, "contentType") ?? "", read, Encoding.UTF8.GetByteCount(html ?? given!), read.Truncated);
    }

    private HtmlPage ReadMarkdown(string given)
    {
        var whole = new PageText(web.Value.MaxCharacters);
        whole.AddAsIs(MarkdownEscape.Tame(given));
        return new("", [], [], whole.Finish(), whole.IsFull, LinksTruncated: false);
    }

    private static JsonElement? Find(JsonElement from, string name) => from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static string? Text(JsonElement? from, string name) =>
        from is { } known && known.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && HalfCharacters.Read(value) is { } text ? HalfCharacters.Mend(text) : null;
}
