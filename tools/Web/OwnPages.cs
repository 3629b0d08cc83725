using Microsoft.Extensions.Options;

namespace ToolRuntime.Tools.Web;

/// <summary>Gets pages itself.</summary>
internal sealed class OwnPages(IOptions<WebOptions> options, WebFetcher fetcher, TimeProvider time) : IPageProvider
{
    public async Task<ScrapedPage> ReadAsync(Uri url, bool markdown, IToolContext context, CancellationToken cancellationToken)
    {
        var page = await fetcher.GetAsync(url, context, cancellationToken);
        await context.ReportProgressAsync("parsing", details: JsonText.Object(json => json.WriteNumber("bytes", page.Bytes.Length)), cancellationToken: cancellationToken);
        var read = ReadOf(page, markdown);
        return new("own", page.Url, page.Status, page.MediaType, read, page.Bytes.Length, page.Truncated || read.Truncated);
    }

    private HtmlPage ReadOf(WebPage page, bool markdown)
    {
        var text = PageEncoding.Decode(page);
        if (page.IsHtml) return HtmlPage.Read(text, page.Url, options.Value.MaxCharacters, markdown, time);

        var whole = new PageText(options.Value.MaxCharacters);
        whole.AddAsIs(markdown ? InMarkdown(page, text) : text);
        return new("", [], [], whole.Finish(), whole.IsFull, LinksTruncated: false);
    }

    /// <summary>Text that is no page is shown as it is, in a block of code that nothing in it ends.</summary>
    private static string InMarkdown(WebPage page, string text) => page.MediaType is "text/markdown" or "text/x-markdown"
        ? MarkdownEscape.Tame(text)
        : $"```\n{VisibleText.Of(text).Replace("```", "'''", StringComparison.Ordinal).TrimEnd()}\n```";
}
