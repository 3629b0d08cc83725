using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.AI;
using ToolRuntime.Models.Schemas;

namespace ToolRuntime.Models.Providers;

/// <summary>
/// Our tools as a provider takes them, under names <c>[A-Za-z_][A-Za-z0-9_-]{0,63}</c>. Such a name depends on nothing but the tool's
/// own, so that it means one tool throughout
/// a session.
/// </summary>
internal sealed class ToolNames
{
    private const int MaxLength = 64;
    private const int MarkLength = 6;

    private readonly Dictionary<string, string> fromWire = new(StringComparer.Ordinal);

    public ToolNames(IEnumerable<AITool>? tools, ToolLimits? limits = null)
    {
        limits ??= ToolLimits.None;
        foreach (var tool in (tools ?? []).OfType<AIFunctionDeclaration>())
        {
            var (schema, unfit) = SchemaFit.Of(tool.JsonSchema, limits.PlainTypes);
            var name = ToWire(tool.Name);
            if (Tools.Count >= limits.MaxTools) unfit ??= $"the provider takes {limits.MaxTools} tools at most";
            if (unfit is null && !fromWire.TryAdd(name, tool.Name)) unfit = $"another tool goes by '{name}'";
            if (unfit is null) Tools.Add(new(name, Shortened(tool.Description, limits.MaxDescription), schema));
            else LeftOut.Add((tool.Name, unfit));
        }
    }

    public List<WireTool> Tools { get; } = [];

    /// <summary>Tools that the provider would refuse, and why.</summary>
    public List<(string Tool, string Why)> LeftOut { get; } = [];

    /// <summary>A tool's name for providers: its own where they take that, else one that is like it, with a mark of what it was.</summary>
    public static string ToWire(string name)
    {
        var clean = Clean(name);
        if (clean == name) return name;
        var mark = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..MarkLength];
        return $"{Cut(clean, MaxLength - MarkLength - 1)}_{mark}";
    }

    /// <summary>Our name; a name that we never gave stays as it is, and is refused where calls are planned.</summary>
    public string FromWire(string name) => fromWire.GetValueOrDefault(name, name);

    public static string Clean(string name)
    {
        var clean = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_'));
        if (clean.Length == 0 || !(char.IsAsciiLetter(clean[0]) || clean[0] == '_')) clean = "_" + clean;
        return Cut(clean, MaxLength);
    }

    private static string Shortened(string text, int? length)
    {
        if (length is not { } max || text.Length <= max) return text;
        return text[..(char.IsHighSurrogate(text[max - 2]) ? max - 2 : max - 1)] + "…";
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];
}
