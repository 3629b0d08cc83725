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

    private static readonly FrozenSet<string> Unread = FrozenSet.Create(
        "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "canvas", "audio", "video", "head", "textarea", "select");

    private static readonly FrozenSet<string> Lines = FrozenSet.Create(
        "div", "li", "tr", "dt", "dd", "section", "article", "header", "footer", "nav", "main", "aside", "form", "fieldset", "address", "figure", "figcaption",
        "details", "summary", "option", "body", "thead", "tbody", "tfoot", "caption");

    private static readonly FrozenSet<string> Paragraphs = FrozenSet.Create(
        "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "blockquote", "pre", "hr");

    /// <summary>Reads a page, however malformed; scripts do not run and nothing is loaded.</summary>
    public static HtmlPage Read(string html, Uri url, int maxCharacters, TimeProvider time)
    {
        using var source = new PageSource(html, time);
        using var document = Parser.ParseDocument(source);
        var title = new PageText(maxCharacters);
        title.Add(document.Title);
        var page = new Reader(document, BaseOf(document, url), maxCharacters).Read(title.Finish());
        return page with { Truncated = page.Truncated || source.Truncated };
    }

    private static Uri BaseOf(IHtmlDocument document, Uri url) =>
        document.QuerySelector("base[href]")?.GetAttribute("href") is { } href && Uri.TryCreate(url, href, out var found) ? found : url;

    /// <summary>
    /// Walks the page without recursion, since pages may be nested as deep as they are long, and by index, since asking a node for its
    /// sibling takes a search.
    /// </summary>
    private sealed class Reader(IHtmlDocument document, Uri url, int maxCharacters)
    {
        private readonly PageText text = new(maxCharacters);
        private readonly List<(int, string)> headings = [];
        private readonly List<(string, string)> links = [];
        private readonly HashSet<string> linked = [];
        private readonly Stack<int> starts = new();
        private readonly Stack<(INode Node, int Next)> open = new();
        private int preformatted, row;
        private bool moreLinks;

        public HtmlPage Read(string title)
        {
            Visit((INode?)document.Body ?? document);
            while (open.TryPop(out var parent) && !text.IsFull)
            {
                if (parent.Next < parent.Node.ChildNodes.Length)
                {
                    open.Push((parent.Node, parent.Next + 1));
                    Visit(parent.Node.ChildNodes[parent.Next]);
                }
                else if (parent.Node is IElement element)
                {
                    Leave(element);
                }
            }

            return new(title, headings, links, text.Finish(), text.IsFull, moreLinks);
        }

        private void Visit(INode node)
        {
            switch (node)
            {
                case IText { Data: var data } when preformatted > 0:
                    text.AddAsIs(data);
                    break;
                case IText { Data: var data }:
                    text.Add(data);
                    break;
                case IElement element when !IsUnread(element):
                    Enter(element);
                    open.Push((element, 0));
                    break;
                case IDocument:
                    open.Push((node, 0));
                    break;
            }
        }

        private void Enter(IElement element)
        {
            if (element.LocalName == "a" || LevelOf(element) > 0) starts.Push(text.Length);
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
                    text.Add(element.GetAttribute("alt"));
                    break;
                case "pre":
                    preformatted++;
                    break;
            }

            if (LevelOf(element) is > 0 and var level) text.Mark(new string('#', level));
        }

        private void Leave(IElement element)
        {
            if (element.LocalName == "pre") preformatted--;
            if (LevelOf(element) is > 0 and var level)
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

        private static bool IsUnread(IElement element) => Unread.Contains(element.LocalName) || element.HasAttribute("hidden");

        private static int LevelOf(IElement element) => element.LocalName is ['h', >= '1' and <= '6' and var level] ? level - '0' : 0;
    }
}
