using System.Collections.Frozen;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace ToolRuntime.Tools.Web;

/// <summary>
/// Walks what a person sees of a page, without recursion, since pages may be nested as deep as they are long, and by index, since asking a node for its sibling takes a search.
/// </summary>
internal static class PageWalk
{
    private static readonly FrozenSet<string> Unread = FrozenSet.Create(
        "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "canvas", "audio", "video", "head", "textarea", "select");

    public static void Run(IHtmlDocument document, IPageReader reader)
    {
        var open = new Stack<(INode Node, int Next)>();
        Visit((INode?)document.Body ?? document);
        while (open.TryPop(out var parent) && !reader.IsFull)
        {
            if (parent.Next < parent.Node.ChildNodes.Length)
            {
                open.Push((parent.Node, parent.Next + 1));
                Visit(parent.Node.ChildNodes[parent.Next]);
            }
            else if (parent.Node is IElement element)
            {
                reader.Leave(element);
            }
        }

        void Visit(INode node)
        {
            switch (node)
            {
                case IText { Data: var data }:
                    reader.Text(VisibleText.Of(data));
                    break;
                case IElement element when !IsUnread(element):
                    reader.Enter(element);
                    open.Push((element, 0));
                    break;
                case IDocument:
                    open.Push((node, 0));
                    break;
            }
        }
    }

    /// <summary>1 to 6 for a heading, else 0.</summary>
    public static int LevelOf(IElement element) => element.LocalName is ['h', >= '1' and <= '6' and var level] ? level - '0' : 0;

    private static bool IsUnread(IElement element) => Unread.Contains(element.LocalName) || element.HasAttribute("hidden") || IsHidden(element.GetAttribute("style"));

    private static bool IsHidden(string? style)
    {
        if (string.IsNullOrEmpty(style)) return false;
        var plain = style.Replace(" ", "", StringComparison.Ordinal);
        return plain.Contains("display:none", StringComparison.OrdinalIgnoreCase) || plain.Contains("visibility:hidden", StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>Makes something of a page that is walked.</summary>
internal interface IPageReader
{
    /// <summary>It wants no more.</summary>
    bool IsFull { get; }

    void Text(string data);

    void Enter(IElement element);

    void Leave(IElement element);
}
