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
    [InlineData("""{"type":["string","null"]}""", "1", "", "must be string or null")]
    [InlineData("""{"properties":{"k":{"enum":["a",1]}}}""", """{"k":2}""", "/k", "must be one of \"a\", 1")]
    [InlineData("""{"prefixItems":[true],"items":{"type":"string"}}""", """[1,"a",2]""", "/2", "must be string")]
    [InlineData("""{"dependentRequired":{"a":["b"]}}""", """{"a":1}""", "", "must have the property 'b', since it has 'a'")]
    [InlineData("""{"propertyNames":{"maxLength":2}}""", """{"abc":1}""", "", "has the property 'abc', whose name must have 2 or fewer characters")]
    [InlineData("""{"contains":{"const":1}}""", "[2]", "", "must contain an item that fits {\"const\":1} and has 0 of 1")]
    [InlineData("""{"contains":{"const":1},"maxContains":1}""", "[1,1,2]", "", "must contain more or fewer items that fit {\"const\":1}: 2 of 3 do")]
    [InlineData("""{"properties":{"a":{}},"unevaluatedProperties":false}""", """{"b":1}""", "/b", "is not allowed")]
    [InlineData("""{"if":{"required":["a"]},"then":{"required":["b"]}}""", """{"a":1}""", "", "must have the property 'b'")]
    [InlineData("""{"oneOf":[{"type":"integer"},{"type":"number"}]}""", "1", "", "must fit exactly one of several schemas and fits 2")]
    [InlineData("""{"anyOf":[{"properties":{"a":{"type":"string"}}},true],"required":["b"]}""", """{"a":1}""", "", "must have the property 'b'")]
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

    // The library takes as much stack as the exponent says, and throws at numbers beyond a decimal.
    [Theory]
    [InlineData("""{"multipleOf":0.5}""", "1e999999999")]
    [InlineData("""{"maximum":1}""", "1e99999999999")]
    [InlineData("""{"uniqueItems":true,"maxItems":1}""", "[1e400,1e-400]")]
    [InlineData("""{"enum":[1]}""", "1e400")]
    public void Validate_HugeExponent_IsChecked(string schema, string value) => Record.Exception(() => Validate(schema, value));

    // By the specification; ajv says otherwise.
    [Theory]
    [InlineData("""{"contains":{"type":"string"},"unevaluatedItems":{"type":"integer"}}""", """["a",1]""", null)]
    [InlineData("""{"contains":{"type":"string"},"unevaluatedItems":{"type":"integer"}}""", """["a",true]""", "/1")]
    [InlineData("""{"anyOf":[{"items":true,"minItems":3},{"prefixItems":[true]}],"unevaluatedItems":false}""", "[1,2,3]", null)]
    [InlineData("""{"contains":{"type":"array"},"prefixItems":[true,{"type":"array"}],"items":{"type":"null"}}""", "[]", "")]
    [InlineData("""{"if":{"properties":{"b":true},"additionalProperties":false},"else":true,"unevaluatedProperties":false}""", """{"a":1}""", "/a")]
    public void Validate_WhereAjvErrs_FollowsTheSpecification(string schema, string value, string? path) =>
        Assert.Equal(path, Validate(schema, value)?.Path);

    [Theory]
    [InlineData("""{"$ref":"#/$defs/none"}""", "leads nowhere")]
    [InlineData("""{"$ref":"https://json-schema.org/draft/2020-12/schema"}""", "is not local")]
    [InlineData("""{"items":{"$dynamicRef":"other.json#a"}}""", "is not local")]
    [InlineData("""{"$dynamicRef":"#a"}""", "is no '$dynamicAnchor'")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-03/schema#"}""", "is no draft that we know")]
    [InlineData("""{"pattern":"("}""", "no usable regular expression")]
    [InlineData("""{"type":"object","type":"string"}""", "type")]
    [InlineData("""{"const":"\ud800"}""", "Unicode")]
    public void Compile_Unusable_ThrowsAndSaysWhy(string schema, string reason) =>
        Assert.Contains(
            reason, Assert.Throws<SchemaException>(() => JsonSchema.Compile(new JsonText(schema))).Message, StringComparison.Ordinal);

    [Fact]
    public void Compile_LongChainOfReferences_EndsOnASmallStack()
    {
        var chain = string.Join(',', Enumerable.Range(0, 499).Select(i => $$"""{{'"'}}l{{i}}":{"$ref":"#/$defs/l{{i + 1}}"}"""));
        Exception? thrown = null;
        var thread = new Thread(() => thrown = Record.Exception(() => Validate($$"""{"$ref":"#/$defs/l0","$defs":{ {{chain}},"l499":{} } }""", "1")), 512 * 1024);
        thread.Start();
        thread.Join();

        Assert.Null(thrown);
    }

    [Theory]
    [InlineData("""{"$defs":{"a":{"type":"strnig"}}}""", "#/$defs/a/type'")]
    [InlineData("""{"properties":{"a/b":{"allOf":[true,{"pattern":"("}]}}}""", "#/properties/a~1b/allOf/1/pattern'")]
    [InlineData("""{"properties":{"a":null}}""", "#/properties'")]
    [InlineData("""{"$defs":{"default":{"$ref":"https://example.org/s"}}}""", "#/$defs/default/$ref'")]
    [InlineData("""{"items":{"$ref":"#/$defs/none"}}""", "#/items/$ref'")]
    [InlineData("""{"items":{"$ref":1}}""", "#/items/$ref'")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-04/schema#","not":{"exclusiveMinimum":true}}""", "#/not/exclusiveMinimum'")]
    public void Compile_WrongKeyword_SaysWhereItIs(string schema, string place) =>
        Assert.Contains(
            place, Assert.Throws<SchemaException>(() => JsonSchema.Compile(new JsonText(schema))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"x-origin":{"$ref":"https://example.org/s"},"type":"string"}""")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-04/schema#","id":"a","type":"string"}""")]
    public void Compile_WhatIsNoneOfOurBusiness_IsLeftAlone(string schema)
    {
        Assert.Null(Validate(schema, "\"a\""));
        Assert.NotNull(Validate(schema, "1"));
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

    private static SchemaViolation? Validate(string schema, string value) =>
        JsonSchema.Compile(new JsonText(schema)).Validate(JsonDocument.Parse(value).RootElement);
}
