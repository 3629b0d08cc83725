using Microsoft.Extensions.AI;

namespace ToolRuntime.Models.Providers;

/// <summary>Our tools under names that every provider takes: <c>[A-Za-z_][A-Za-z0-9_-]{0,63}</c>.</summary>
internal sealed class ToolNames
{
    private const int MaxLength = 64;

    private readonly Dictionary<string, string> toWire = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> fromWire = new(StringComparer.Ordinal);

    public ToolNames(IEnumerable<AITool>? tools)
    {
        foreach (var tool in (tools ?? []).OfType<AIFunctionDeclaration>())
        {
            var name = Clean(tool.Name);
            for (var n = 2; !fromWire.TryAdd(name, tool.Name); n++) name = Cut(Clean(tool.Name), MaxLength - 4) + $"_{n}";
            toWire[tool.Name] = name;
            Tools.Add(new(name, tool.Description, tool.JsonSchema));
        }
    }

    public List<WireTool> Tools { get; } = [];

    public string ToWire(string name) => toWire.GetValueOrDefault(name) ?? Clean(name);

    /// <summary>Our name; a name that we never gave stays as it is, and is refused where calls are planned.</summary>
    public string FromWire(string name) => fromWire.GetValueOrDefault(name, name);

    public static string Clean(string name)
    {
        var clean = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_'));
        if (clean.Length == 0 || !(char.IsAsciiLetter(clean[0]) || clean[0] == '_')) clean = "_" + clean;
        return Cut(clean, MaxLength);
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];
}
