using System.Security.Cryptography;
using System.Text;

namespace ToolRuntime.Tools.Mcp;

/// <summary>
/// The names under which a server's tools are offered: <c>server__tool</c>, what an id can't hold as <c>_</c>. A name that is too long is
/// cut, one that two tools would share is not shared: both get a mark that follows from the tool's own name, so the name of a tool never
/// depends on the order of the list.
/// </summary>
internal static class McpToolNames
{
    public const string Separator = "__";
    public const int MaxServer = 31;
    private const int MarkLength = 8;

    /// <summary>The tools' names by their names at the server, in order; names that are empty or come twice are left out.</summary>
    public static IReadOnlyDictionary<string, string> Map(string server, IEnumerable<string> tools)
    {
        var distinct = tools.Where(tool => tool.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        var plain = distinct.ToLookup(tool => Plain(server, tool), StringComparer.Ordinal);
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var tool in distinct)
        {
            var name = Plain(server, tool);
            var exact = name.Length <= EntityId.MaxLength && name == $"{server}{Separator}{tool}";
            if (name.Length > EntityId.MaxLength || (!exact && plain[name].Skip(1).Any())) name = Marked(name, tool);
            if (taken.Add(name)) names[tool] = name;
        }

        return names;
    }

    /// <summary>The server that a name would belong to.</summary>
    public static string? ServerOf(string name) =>
        name.IndexOf(Separator, StringComparison.Ordinal) is > 0 and var end ? name[..end] : null;

    private static string Plain(string server, string tool)
    {
        var name = new StringBuilder(server).Append(Separator);
        foreach (var c in tool) name.Append(char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '_');
        return name.ToString();
    }

    private static string Marked(string name, string tool)
    {
        var mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(tool)))[..MarkLength];
        return $"{name[..Math.Min(name.Length, EntityId.MaxLength - MarkLength - 1)]}_{mark}";
    }
}
