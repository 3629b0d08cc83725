using System.Text.Json;
using ToolRuntime.Schemas.Rules;

namespace ToolRuntime.Schemas;

/// <summary>Turns a schema's JSON into nodes, each place of it once.</summary>
internal sealed class SchemaCompiler(JsonElement document)
{
    private const int MaxNodes = 100_000;

    private readonly Dictionary<string, SchemaNode> nodes = [];

    public SchemaNode CompileRoot() => Compile(document, "");

    /// <summary>Compiles the schema that stands at <paramref name="pointer"/>.</summary>
    public SchemaNode Compile(JsonElement schema, string pointer)
    {
        if (nodes.TryGetValue(pointer, out var known)) return known;
        if (nodes.Count >= MaxNodes) throw new SchemaException(pointer, "the schema is too large");

        // Known before it is complete: what it refers to may refer back.
        var node = nodes[pointer] = new();
        node.Rules = schema.ValueKind switch
        {
            JsonValueKind.True => [],
            JsonValueKind.False => [new NothingRule()],
            JsonValueKind.Object => [.. SchemaRule.RulesOf(new(schema, pointer, this))],
            _ => throw new SchemaException(pointer, "a schema is an object or a boolean"),
        };
        return node;
    }

    /// <summary>Compiles what <c>$ref</c> names: <c>#</c> or a JSON Pointer into this document.</summary>
    public SchemaNode Resolve(string reference, string from)
    {
        if (reference is "#") return Compile(document, "");
        if (!reference.StartsWith("#/", StringComparison.Ordinal)) throw new SchemaException(from, $"'{reference}' is not local");
        var target = document;
        var pointer = Uri.UnescapeDataString(reference[1..]);
        foreach (var step in pointer[1..].Split('/'))
        {
            var name = step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (!TryStep(target, name, out target)) throw new SchemaException(from, $"'{reference}' leads nowhere");
        }

        return Compile(target, pointer);
    }

    private static bool TryStep(JsonElement from, string name, out JsonElement target)
    {
        target = default;
        if (from.ValueKind == JsonValueKind.Object) return from.TryGetProperty(name, out target);
        if (from.ValueKind != JsonValueKind.Array || !int.TryParse(name, out var index) || index < 0 || index >= from.GetArrayLength()) return false;
        target = from[index];
        return true;
    }
}
