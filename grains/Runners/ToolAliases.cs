using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace ToolRuntime.Runners;

/// <summary>Calls by a further name of a tool, as calls of that tool.</summary>
internal sealed class ToolAliases(IOptions<ToolAliasOptions> options)
{
    private readonly FrozenDictionary<string, ToolAlias> names =
        options.Value.Names.Where(alias => alias.Value.Tool.Length > 0).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The tool's own name; the same name if it stands for none.</summary>
    public string NameOf(string name) => names.TryGetValue(name, out var alias) ? alias.Tool : name;

    /// <summary>The arguments as the tool calls them. What it is not told by an argument that is there twice keeps its name, and so is refused by the schema.</summary>
    public JsonText ArgumentsOf(string name, JsonText arguments)
    {
        if (!names.TryGetValue(name, out var alias) || alias.Arguments.Count == 0) return arguments;
        JsonElement given;
        try
        {
            given = arguments.ToElement();
        }
        catch (JsonException)
        {
            return arguments; // refused where all arguments are checked
        }

        if (given.ValueKind != JsonValueKind.Object) return arguments;
        var taken = given.EnumerateObject().Select(member => member.Name).ToHashSet(StringComparer.Ordinal);
        return JsonText.Object(json =>
        {
            foreach (var member in given.EnumerateObject())
            {
                json.WritePropertyName(alias.Arguments.TryGetValue(member.Name, out var ours) && taken.Add(ours) ? ours : member.Name);
                json.WriteRawValue(member.Value.GetRawText(), skipInputValidation: true);
            }
        });
    }
}
