using System.Collections.Frozen;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace ToolRuntime.Tools.Web;

/// <summary>A page as Markdown in which there is no HTML and no address but of http, https and mailto. Pictures are links, so that showing the text loads nothing.</summary>
internal sealed class MarkdownReader(Uri url, int maxCharacters) : IPageReader
{
    private static readonly FrozenSet<string> Lines = FrozenSet.Create(
        "div", "dt", "dd", "section", "article", "header", "footer", "nav", "main", "aside", "form", "fieldset", "address", "figure", "figcaption", "details", "summary", "option", "body",
        "caption", "tr", "br");

    private static readonly FrozenSet<string> Paragraphs = FrozenSet.Create("p", "ul", "ol", "dl", "table", "blockquote", "pre", "hr", "h1", "h2", "h3", "h4", "h5", "h6");

    private readonly MarkdownText text = new(maxCharacters);
    private readonly Stack<int> lists = new();
    private readonly Stack<string> indents = new();
    private readonly Stack<string?> links = new();
    private readonly Stack<MarkdownTable?> tables = new();
    private int preformatted, code;

    public bool IsFull => text.IsFull;

    /// <summary>The table that the walk is in; null where it is in none, or in one that lays out the page.</summary>
    private MarkdownTable? Table => tables.TryPeek(out var innermost) ? innermost : null;

    private bool InCell => Table?.InRow == true;

    public static (string Text, bool Truncated) Read(IHtmlDocument document, Uri url, int maxCharacters)
    {
        var reader = new MarkdownReader(url, maxCharacters);
        PageWalk.Run(document, reader);
        return (reader.text.Finish(), reader.text.IsFull);
    }

    public void Text(string data)
    {
        if (preformatted > 0) text.AddAsIs(data.Replace("```", "'''", StringComparison.Ordinal));
        else if (code > 0) text.Add(data, (word, _) => word.Replace('`', '\''));
        else text.Add(data, (word, start) => MarkdownEscape.Word(word, start, InCell));
    }

    public void Enter(IElement element)
    {
        text.Break(BreaksOf(element));
        if (preformatted > 0 && element.LocalName != "pre") return;
        switch (element.LocalName)
        {
            case "ul" or "ol":
                // A list within an item follows on the next line, with no empty one between.
                lists.Push(element.LocalName == "ol" ? 1 : 0);
                break;
            case "li":
                EnterItem();
                break;
            case "blockquote":
                indents.Push(text.Indent("> "));
                break;
            case "pre" when text.Inline == 0:
                if (preformatted++ == 0) text.Mark("```\n" + Prefix());
                break;
            case "code" or "kbd" or "samp" or "pre":
                if (code++ == 0) text.Open("`");
                break;
            case "strong" or "b":
                text.Open("**");
                break;
            case "em" or "i":
                text.Open("*");
                break;
            case "a":
                EnterLink(element.GetAttribute("href"));
                break;
            case "img":
                AddImage(element);
                break;
            case "hr":
                text.Mark("---");
                break;
            case "table":
                tables.Push(text.Inline > 0 || MarkdownTable.HoldsAnother(element) ? null : new());
                break;
            case "tr":
                Table?.Row();
                break;
            case "td" or "th" when Table is { } table:
                text.Inline++;
                text.Mark(table.Cell(element.LocalName == "th"));
                break;
            case "td" or "th":
                text.Break(1);
                break;
        }

        if (PageWalk.LevelOf(element) is > 0 and var level)
        {
            text.Mark(new string('#', level) + " ", begins: true);
            text.Inline++;
        }
    }

    public void Leave(IElement element)
    {
        if (preformatted == 0 || element.LocalName == "pre") LeaveMark(element);
        if (BreaksOf(element) is > 0 and var lines) text.End(lines);
    }

    private void LeaveMark(IElement element)
    {
        switch (element.LocalName)
        {
            case "ul" or "ol":
                lists.Pop();
                break;
            case "li":
                text.Unindent(indents.Pop());
                text.End(1);
                break;
            case "blockquote":
                text.Unindent(indents.Pop());
                break;
            case "pre" when text.Inline == 0:
                if (--preformatted > 0) break;
                text.Break(1);
                text.Mark("```");
                break;
            case "code" or "kbd" or "samp" or "pre":
                if (--code == 0) text.Close("`", "`");
                break;
            case "strong" or "b":
                text.Close("**", "**");
                break;
            case "em" or "i":
                text.Close("*", "*");
                break;
            case "a":
                LeaveLink();
                break;
            case "table":
                tables.Pop();
                break;
            case "td" or "th" when Table is not null:
                text.Inline--;
                break;
            case "td" or "th":
                text.End(1);
                break;
            case "tr" when Table?.EndRow() is { } line:
                text.End(0);
                text.Mark(line.Row);
                if (line.Rule is { } rule)
                {
                    text.Break(1);
                    text.Mark(rule);
                }

                break;
        }

        if (PageWalk.LevelOf(element) > 0) text.Inline--;
    }

    private void EnterItem()
    {
        var number = lists.TryPop(out var next) ? next : 0;
        lists.Push(number == 0 ? 0 : number + 1);
        var mark = number == 0 ? "- " : $"{number}. ";
        text.Break(1);
        text.Mark(mark, begins: true);
        indents.Push(text.Indent(new string(' ', mark.Length)));
    }

    private void EnterLink(string? href)
    {
        var target = code > 0 ? null : MarkdownEscape.Target(url, href);
        links.Push(target);
        if (target is null) return;
        text.Open("[");
        text.Inline++;
    }

    private void LeaveLink()
    {
        if (links.Pop() is not { } target) return;
        text.Inline--;
        text.Close("[", $"]({target})");
    }

    private void AddImage(IElement image)
    {
        var alt = VisibleText.OnOneLine(image.GetAttribute("alt") ?? "");
        if (alt.Length == 0) return;
        var words = MarkdownEscape.Word(alt, false, InCell);
        var linked = links.Any(link => link is not null) ? null : MarkdownEscape.Target(url, image.GetAttribute("src"));
        text.Add(linked is null ? words : $"[{words}]({linked})", (word, _) => word);
    }

    private string Prefix() => text.Indent("");

    private int BreaksOf(IElement element) => element.LocalName switch
    {
        "ul" or "ol" when indents.Count > 0 && lists.Count > 0 => 1,
        var name when Paragraphs.Contains(name) => 2,
        var name => Lines.Contains(name) ? 1 : 0,
    };
}
