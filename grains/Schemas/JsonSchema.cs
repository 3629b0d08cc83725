using System.Runtime.InteropServices;
using System.Text.Json;

namespace ToolRuntime.Schemas;

/// <summary>
/// A compiled JSON Schema, the part of draft 2020-12 that describes tool arguments: <c>type enum const</c>, the numeric, string, array and object limits,
/// <c>pattern</c>, <c>properties patternProperties additionalProperties required prefixItems items</c>, <c>allOf anyOf oneOf not if then else</c> and local
/// <c>$ref</c>. Other keywords are annotations. Immutable; one instance serves all threads.
/// </summary>
internal sealed class JsonSchema
{
    private readonly SchemaNode root;

    private JsonSchema(SchemaNode root) => this.root = root;

    /// <summary>Compiles a schema.</summary>
    /// <exception cref="SchemaException">It is malformed.</exception>
    public static JsonSchema Compile(JsonText schema) => Compile(schema.ToElement());

    /// <inheritdoc cref="Compile(JsonText)"/>
    public static JsonSchema Compile(JsonElement schema) => new(new SchemaCompiler(schema).CompileRoot());

    /// <summary>Null if the value fits, else the first reason why not.</summary>
    public SchemaViolation? Validate(JsonElement value)
    {
        if (!UnicodeCheck.IsValid(value)) return new("must be valid Unicode text throughout");
        try
        {
            return root.Check(value, new SchemaRun());
        }
        catch (SchemaRun.TooComplexException)
        {
            return new("takes too many steps to check");
        }
    }

    // JSON can write half a character ("\ud800"), which no .NET string may hold; a parsed document only fails when such a string is read.
    private static class UnicodeCheck
    {
        public static bool IsValid(JsonElement value) => JsonMarshal.GetRawUtf8Value(value).IndexOf("\\u"u8) < 0 || CanRead(value);

        private static bool CanRead(JsonElement value)
        {
            try
            {
                return value.ValueKind switch
                {
                    JsonValueKind.String => value.GetString() is not null,
                    JsonValueKind.Array => value.EnumerateArray().All(CanRead),
                    JsonValueKind.Object => value.EnumerateObject().All(member => member.Name is not null && CanRead(member.Value)),
                    _ => true,
                };
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }
    }
}
