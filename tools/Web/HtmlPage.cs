using System.Collections.Frozen;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace ToolRuntime.Tools.Web;

/// <summary>What a person reads on a page.</summary>
/// <param name="Title">The title; empty where there is none.</param>
/// <param name="Headings">Level and text of each.</param>
/// <param name="Links">Text and absolute address of each, once.</param>
/// <param name="Text">The page's text; headings begin with <c>#</c>, items of lists with <c>-</c>.</param>
/// <param name="Truncated">There is more text.</param>
/// <param name="LinksTruncated">There are more links.</param>
internal sealed record HtmlPage(
    string Title,
    IReadOnlyList<(int Level, string Text)> Headings,
    IReadOnlyList<(string Text, string Url)> Links,
    string Text,
    bool Truncated,
    bool LinksTruncated)
{
    private const int MaxLinks = 500;

    // Nothing runs: it only makes the parser leave noscript alone, as a browser does.
    private static readonly HtmlParser Parser = new(new HtmlParserOptions { IsScripting = true });

    private static readonly FrozenSet<string> Lines = FrozenSet.Create(
        "div", "li", "tr", "dt", "dd", "section", "article", "header", "footer", "nav", "main", "aside", "form", "fieldset", "address", "figure", "figcaption",
        "details", "summary", "option", "body", "thead", "tbody", "tfoot", "caption");

    private static readonly FrozenSet<string> Paragraphs = FrozenSet.Create(
        "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "blockquote", "pre", "hr");

    /// <summary>Reads a page, however malformed; scripts do not run and nothing is loaded.</summary>
    /// <param name="html">Its text.</param>
    /// <param name="url">Where it is from.</param>
    /// <param name="maxCharacters">The longest text.</param>
    /// <param name="markdown">Whether the text is Markdown rather than plain.</param>
    /// <param name="time">Ends parsing that takes too long.</param>
    public static HtmlPage Read(string html, Uri url, int maxCharacters, bool markdown, TimeProvider time)
    {
        using var source = new PageSource(html, time);
        using var document = Parser.ParseDocument(source);
        var title = new PageText(maxCharacters);
        title.Add(VisibleText.Of(document.Title ?? ""));
        var address = BaseOf(document, url);
        var page = new Reader(address, maxCharacters).Read(document, title.Finish());
        if (markdown)
        {
            var (text, more) = MarkdownReader.Read(document, address, maxCharacters);
            page = page with { Text = text, Truncated = more };
        }

        return page with { Truncated = page.Truncated || source.Truncated };
    }

    private static Uri BaseOf(IHtmlDocument document, Uri url) =>
        document.QuerySelector("base[href]")?.GetAttribute("href") is { } href && Uri.TryCreate(url, href, out var found) ? found : url;

    private sealed class Reader(Uri url, int maxCharacters) : IPageReader
    {
        private readonly PageText text = new(maxCharacters);
        private readonly List<(int, string)> headings = [];
        private readonly List<(string, string)> links = [];
        private readonly HashSet<string> linked = [];
        private readonly Stack<int> starts = new();
        private int preformatted, row;
        private bool moreLinks;

        public bool IsFull => text.IsFull;

        public HtmlPage Read(IHtmlDocument document, string title)
        {
            PageWalk.Run(document, this);
            return new(title, headings, links, text.Finish(), text.IsFull, moreLinks);
        }

        public void Text(string data)
        {
            if (preformatted > 0) text.AddAsIs(data);
            else text.Add(data);
        }

        public void Enter(IElement element)
        {
            if (element.LocalName == "a" || PageWalk.LevelOf(element) > 0) starts.Push(text.Length);
            text.Break(BreaksOf(element));
            switch (element.LocalName)
            {
                case "br":
                    text.Break(1);
                    break;
                case "li":
                    text.Mark("-");
                    break;
                case "tr":
                    row = text.Length;
                    break;
                case "td" or "th" when text.Length > row:
                    text.Add(" | ");
                    break;
                case "img":
                    text.Add(VisibleText.Of(element.GetAttribute("alt") ?? ""));
                    break;
                case "pre":
                    preformatted++;
                    break;
            }

            if (PageWalk.LevelOf(element) is > 0 and var level) text.Mark(new string('#', level));
        }

        public void Leave(IElement element)
        {
            if (element.LocalName == "pre") preformatted--;
            if (PageWalk.LevelOf(element) is > 0 and var level)
            {
                var heading = text.Since(starts.Pop()).TrimStart('#').Trim();
                if (heading.Length > 0) headings.Add((level, heading));
            }
            else if (element.LocalName == "a")
            {
                AddLink(element, text.Since(starts.Pop()));
            }

            if (BreaksOf(element) is > 0 and var lines) text.End(lines);
        }

        private void AddLink(IElement anchor, string label)
        {
            if (moreLinks || anchor.GetAttribute("href") is not { } href || !Uri.TryCreate(url, href, out var target)) return;
            if (target.Scheme is not ("http" or "https") || !linked.Add(target.AbsoluteUri)) return;
            if (links.Count < MaxLinks) links.Add((label, target.AbsoluteUri));
            else moreLinks = true;
        }

        private static int BreaksOf(IElement element) =>
            Paragraphs.Contains(element.LocalName) ? 2 : Lines.Contains(element.LocalName) ? 1 : 0;
    }
}
