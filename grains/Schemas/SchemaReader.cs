using System.Text.Json;

namespace ToolRuntime.Schemas;

/// <summary>Reads the keywords of one schema and refuses malformed ones.</summary>
internal sealed class SchemaReader(JsonElement schema, string pointer, SchemaCompiler compiler)
{
    public JsonElement? Find(string keyword) => schema.TryGetProperty(keyword, out var value) ? value : null;

    public string? Text(string keyword) => Find(keyword) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw Malformed(keyword, "must be a string"),
    };

    public bool Flag(string keyword) => Find(keyword) switch
    {
        null or { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.True } => true,
        _ => throw Malformed(keyword, "must be a boolean"),
    };

    public int? Count(string keyword) => Find(keyword) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value when value.TryGetDouble(out var number) && number >= 0 && number == Math.Floor(number) => (int)Math.Min(number, int.MaxValue),
        _ => throw Malformed(keyword, "must be a non-negative integer"),
    };

    public JsonNumber? Number(string keyword) => Find(keyword) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Number } value => JsonNumber.Of(value),
        _ => throw Malformed(keyword, "must be a number"),
    };

    public IReadOnlyList<string>? Texts(string keyword) => Find(keyword) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Array } value when value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            [.. value.EnumerateArray().Select(item => item.GetString()!)],
        _ => throw Malformed(keyword, "must be an array of strings"),
    };

    public SchemaNode? Schema(string keyword) => Find(keyword) is { } value ? compiler.Compile(value, PointerTo(keyword)) : null;

    public SchemaNode[]? Schemas(string keyword) => Find(keyword) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Array } value when value.GetArrayLength() > 0 =>
            [.. value.EnumerateArray().Select((item, i) => compiler.Compile(item, $"{PointerTo(keyword)}/{i}"))],
        _ => throw Malformed(keyword, "must be a non-empty array of schemas"),
    };

    public IReadOnlyList<KeyValuePair<string, SchemaNode>>? NamedSchemas(string keyword) => Find(keyword) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value =>
            [.. value.EnumerateObject().Select(member => KeyValuePair.Create(member.Name, compiler.Compile(member.Value, PointerTo(keyword, member.Name))))],
        _ => throw Malformed(keyword, "must be an object of schemas"),
    };

    public SchemaNode Resolve(string reference) => compiler.Resolve(reference, PointerTo("$ref"));

    public SchemaException Malformed(string keyword, string problem, Exception? inner = null) => new(PointerTo(keyword), problem, inner);

    private string PointerTo(params string[] names) =>
        pointer + string.Concat(names.Select(name => $"/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}"));
}
