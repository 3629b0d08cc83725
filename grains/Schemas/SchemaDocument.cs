using System.Text.Json;

namespace ToolRuntime.Schemas;

/// <summary>What we refuse of a schema before the library sees it, with the place.</summary>
internal sealed class SchemaDocument
{
    private const int MaxValues = 100_000;

    // The library follows references by recursion when it builds.
    private const int MaxReferences = 500;

    private readonly HashSet<string> dynamicAnchors = new(StringComparer.Ordinal);
    private readonly List<(string Pointer, string Name)> dynamicReferences = [];
    private int values;
    private int references;
    private bool hasParts;

    private SchemaDocument()
    {
    }

    /// <exception cref="SchemaException">It refers to another document, is too large, or is not of a draft that we know.</exception>
    public static void Check(JsonElement schema)
    {
        if (!UnicodeCheck.IsValid(schema)) throw new SchemaException("", "it must be valid Unicode text throughout");
        var document = new SchemaDocument();
        document.Walk(schema, "");
        document.CheckDynamicReferences();
    }

    private void Walk(JsonElement value, string pointer)
    {
        if (++values > MaxValues) throw new SchemaException(pointer, "the schema is too large");
        if (value.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var item in value.EnumerateArray()) Walk(item, $"{pointer}/{index++}");
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject())
            {
                var place = pointer + SchemaViolation.Step(member.Name);
                if (member.Value.ValueKind == JsonValueKind.String) CheckText(member.Name, member.Value.GetString()!, place);

                // Data, not schemas; as the name of a property, it is a schema.
                var isData = member.Name is "const" or "enum" or "default" or "examples"
                    && !pointer.EndsWith("/properties", StringComparison.Ordinal);
                if (!isData) Walk(member.Value, place);
            }
        }
    }

    private void CheckText(string keyword, string text, string pointer)
    {
        switch (keyword)
        {
            case "$schema" when pointer == "/$schema" && Dialects.Find(text) is null:
                throw new SchemaException(pointer, $"'{text}' is no draft that we know");
            case "$id" when pointer != "/$id":
                hasParts = true;
                break;
            case "$recursiveRef":
                throw new SchemaException(pointer, "'$recursiveRef' is not supported; use '$ref' or '$dynamicRef'");
            case "$dynamicAnchor":
                dynamicAnchors.Add($"#{text}");
                break;
            case "$ref" or "$dynamicRef":
                if (++references > MaxReferences)
                {
                    throw new SchemaException(pointer, $"the schema has more than {MaxReferences} references");
                }

                if (keyword == "$dynamicRef" && text.StartsWith('#')) dynamicReferences.Add((pointer, text));
                break;
        }
    }

    // The library would only find out when it validates.
    private void CheckDynamicReferences()
    {
        foreach (var (pointer, name) in dynamicReferences)
        {
            if (hasParts) throw new SchemaException(pointer, "'$dynamicRef' beside parts with an '$id' of their own is not supported");
            if (!dynamicAnchors.Contains(name)) throw new SchemaException(pointer, $"'{name}' is no '$dynamicAnchor' of the schema");
        }
    }
}
