using System.Globalization;
using System.Text.Json;

namespace ToolRuntime.Models.Directive;

/// <summary>Arguments as plain words: what a tool requires, in its order, one word each, and all that is left for the last. <c>/shell ls -la</c>, <c>/file_write a.txt # hello</c>.</summary>
internal static class PlainArguments
{
    public static JsonElement Read(JsonElement schema, string text)
    {
        var (names, kinds) = Asked(schema);
        return JsonText.Object(writer =>
        {
            var rest = text.Trim();
            for (var i = 0; i < names.Count && rest.Length > 0; i++)
            {
                var end = i == names.Count - 1 ? -1 : rest.IndexOfAny([' ', '\t']);
                var word = end < 0 ? rest : rest[..end];
                rest = end < 0 ? "" : rest[end..].TrimStart();
                writer.WritePropertyName(names[i]);
                Write(writer, word, kinds[i]);
            }
        }).ToElement();
    }

    /// <summary>What is required, or else the first text that there is.</summary>
    private static (List<string> Names, List<string?> Kinds) Asked(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || !schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object) return ([], []);
        var all = properties.EnumerateObject().Select(property => (property.Name, Kind: KindOf(property.Value))).ToList();
        var required = schema.TryGetProperty("required", out var names) && names.ValueKind == JsonValueKind.Array ? names.EnumerateArray().Select(name => name.GetString()).ToList() : [];
        var asked = required.Count > 0 ? required.Select(name => all.Find(property => property.Name == name)).Where(found => found.Name is not null).ToList() : all.Where(p => p.Kind == "string").Take(1).ToList();
        return ([.. asked.Select(p => p.Name)], [.. asked.Select(p => p.Kind)]);
    }

    private static string? KindOf(JsonElement property) =>
        property.ValueKind == JsonValueKind.Object && property.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null;

    private static void Write(Utf8JsonWriter writer, string word, string? kind)
    {
        if (kind is "integer" or "number" && decimal.TryParse(word, NumberStyles.Number, CultureInfo.InvariantCulture, out var number)) writer.WriteNumberValue(number);
        else if (kind == "boolean" && bool.TryParse(word, out var flag)) writer.WriteBooleanValue(flag);
        else writer.WriteStringValue(word);
    }
}
