using System.Text.Json;
using Json.Schema;
using ToolRuntime.Schemas.Keywords;
using Library = Json.Schema.JsonSchema;

namespace ToolRuntime.Schemas;

/// <summary>
/// A compiled JSON Schema of draft 2020-12, 2019-09, 7 or 6, checked by JsonSchema.Net within bounds of ours. <c>format</c>, contents and
/// unknown keywords are annotations. Immutable; one instance serves all threads.
/// </summary>
internal sealed class JsonSchema
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly Library schema;

    private JsonSchema(Library schema) => this.schema = schema;

    /// <summary>Compiles a schema.</summary>
    /// <exception cref="SchemaException">It is malformed, or refers to another document.</exception>
    public static JsonSchema Compile(JsonText schema) => Compile(schema.ToElement());

    /// <inheritdoc cref="Compile(JsonText)"/>
    public static JsonSchema Compile(JsonElement schema)
    {
        SchemaDocument.Check(schema);
        var document = default(JsonElement);
        try
        {
            document = JsonElement.Parse(schema.GetRawText(), Strict);
            return new(Build(document));
        }
        catch (KeywordException exception)
        {
            throw new SchemaException(exception.PointerIn(document), exception.Message, exception);
        }
        catch (Exception exception) when (KeywordException.IsRefusal(exception))
        {
            throw new SchemaException("", exception.Message, exception);
        }
    }

    /// <summary>Null if the value fits, else the first reason why not.</summary>
    public SchemaViolation? Validate(JsonElement value)
    {
        if (!UnicodeCheck.IsValid(value)) return new("must be valid Unicode text throughout");
        try
        {
            return schema.Evaluate(value, new SchemaRun { OutputFormat = OutputFormat.Flag }).IsValid ? null : Explain(value);
        }
        catch (SchemaRun.RefusedException refused)
        {
            return refused.Violation;
        }
    }

    private SchemaViolation Explain(JsonElement value)
    {
        try
        {
            var results = schema.Evaluate(value, new SchemaRun { OutputFormat = OutputFormat.Hierarchical });
            return Violations.First(results) ?? new("does not fit its schema");
        }
        catch (SchemaRun.RefusedException)
        {
            return new("does not fit its schema; to say why takes too many steps");
        }
    }

    // Registries of its own: nothing is shared, and nothing is fetched.
    private static Library Build(JsonElement schema)
    {
        var name = schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("$schema", out var given) ? given.GetString() : null;
        var built = Library.Build(schema, new()
        {
            Dialect = Dialects.Find(name)!,
            SchemaRegistry = new() { Fetch = (_, _) => null },
            DialectRegistry = new(),
            VocabularyRegistry = new(),
        });
        References.Check(built.Root);
        return built;
    }
}
