using System.Text;
using Microsoft.Extensions.AI;

namespace ToolRuntime.Models.Directive;

/// <summary>What the directive model answers when a message holds no call.</summary>
internal static class DirectiveHelp
{
    public static string For(IEnumerable<AITool> tools)
    {
        var help = new StringBuilder("I am the built-in `directive` model: I run tools, one per line, all in parallel.\n\n");
        help.Append("```\n/shell for i in $(seq 1 5); do echo line $i; sleep 0.2; done\n");
        help.Append("/file_write {\"path\": \"notes/hello.md\", \"content\": \"# hello\"}\n/computer\n```\n\n");
        help.Append("Plain words are what a tool requires, in its order; JSON can say everything.\n\nTools:\n");
        foreach (var tool in tools.OrderBy(t => t.Name, StringComparer.Ordinal)) help.Append("- `/").Append(tool.Name).Append("` ").Append(tool.Description).Append('\n');
        return help.ToString();
    }
}
