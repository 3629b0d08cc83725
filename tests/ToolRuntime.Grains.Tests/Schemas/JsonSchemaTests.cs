using System.Text.Json;
using ToolRuntime.Schemas;

namespace ToolRuntime.Tests.Schemas;

public sealed class JsonSchemaTests
{
    [Theory]
    [InlineData("""{"type":"object"}""", "[]", "", "must be object")]
    [InlineData("""{"required":["path"]}""", "{}", "", "must have the property 'path'")]
    [InlineData("""{"properties":{"a/b":{"items":{"properties":{"c~d":{"type":"string"}}}}}}""", """{"a/b":[{},{"c~d":1}]}""", "/a~1b/1/c~0d", "must be string")]
    [InlineData("""{"additionalProperties":false}""", """{"x":1}""", "/x", "is not allowed")]
    [InlineData("""{"properties":{"n":{"minimum":1.50}}}""", """{"n":1.4}""", "/n", "must be 1.50 or more")]
    public void Validate_Violation_HasPathAndReason(string schema, string value, string path, string reason) =>
        Assert.Equal(new SchemaViolation(path, reason), Validate(schema, value));

    [Fact]
    public void Validate_Decimals_AreExact()
    {
        Assert.Null(Validate("""{"multipleOf":0.1}""", "0.3"));
        Assert.NotNull(Validate("""{"maximum":9007199254740992}""", "9007199254740993"));
        Assert.Null(Validate("""{"type":"number","minimum":1e300}""", "1e301"));
    }

    [Fact]
    public void Validate_HalfACharacter_IsRefused()
    {
        Assert.NotNull(Validate("""{"type":"object"}""", """{"a":["\ud800"]}"""));
        Assert.NotNull(Validate("{}", """{"\udc00":1}"""));
        Assert.Null(Validate("{}", """{"a":"\ud83d\ude00 \\ud800"}"""));
    }

    [Fact]
    public void Compile_EndlessReference_Throws() =>
        Assert.Throws<SchemaException>(() => Validate("""{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}""", "1"));

    [Theory]
    [InlineData("""{"allOf":[{"$ref":"#"}]}""")]
    [InlineData("""{"not":{"$ref":"#"}}""")]
    [InlineData("""{"$dynamicAnchor":"a","anyOf":[{"type":"string"},{"$dynamicRef":"#a"}]}""")]
    [InlineData("""{"anyOf":[{"properties":{"a":{"$ref":"#"}},"not":{"$ref":"#"}},true]}""")]
    public void Validate_EndlessSchema_EndsWithAViolation(string schema) => Assert.NotNull(Validate(schema, "1"));

    [Fact]
    public void Validate_ExponentialSchema_EndsWithAViolation()
    {
        var levels = string.Join(',', Enumerable.Range(0, 60).Select(i => $$"""{{'"'}}l{{i}}":{"anyOf":[{"$ref":"#/$defs/l{{i + 1}}"},{"$ref":"#/$defs/l{{i + 1}}"}]}"""));

        Assert.NotNull(Validate($$"""{"$ref":"#/$defs/l0","$defs":{ {{levels}},"l60":{"type":"string"} } }""", "1"));
    }

    [Fact]
    public void Validate_BacktrackingPattern_EndsSoon()
    {
        // The reference back keeps .NET from matching it in linear time.
        var violation = Validate("""{"pattern":"^(([a-z])+.)+[A-Z]\\2$"}""", JsonSerializer.Serialize(new string('a', 5_000)));

        Assert.Contains("takes too long", violation!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Compile_ForeignReference_Throws()
    {
        var exception = Assert.Throws<SchemaException>(() => JsonSchema.Compile(new JsonText("""{"items":{"$ref":"https://example.org/s"}}""")));

        Assert.Contains("#/items/$ref", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Compile_OlderDraftsTuple_IsTakenForPrefixItems()
    {
        Assert.NotNull(Validate("""{"items":[{"type":"string"}]}""", "[1]"));
        Assert.Null(Validate("""{"items":[{"type":"string"}]}""", """["a",1]"""));
    }

    private static SchemaViolation? Validate(string schema, string value) => JsonSchema.Compile(new JsonText(schema)).Validate(JsonDocument.Parse(value).RootElement);
}
