using System.Globalization;
using System.Text.Json;
using ToolRuntime.Schemas;

namespace ToolRuntime.Tests.Schemas;

/// <summary>Values and schemas that are made to cost much.</summary>
public sealed class SchemaBoundsTests
{
    [Fact]
    public void Validate_ManyItemsAgainstALongEnum_IsCheapWhetherTheyFitOrNot()
    {
        var schema = JsonSchema.Compile(new JsonText($$"""{"items":{"enum":[{{List(5_000, i => $"\"v{i}\"")}}] } }"""));
        var (fitting, wrong) = (Parse($"[{List(20_000, _ => "\"v4999\"")}]"), Parse($"[{List(20_000, _ => "\"no\"")}]"));
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Null(schema.Validate(fitting));
        var violation = schema.Validate(wrong);

        Assert.Equal("/0", violation!.Path);
        Assert.StartsWith("must be one of \"v0\", ", violation.Reason, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000_000);
    }

    [Theory]
    [InlineData("required", "[", "]", "")]
    [InlineData("dependentRequired", "{\"v0\":[", "]}", "")]
    [InlineData("dependentSchemas", "{", "}", ":true")]
    [InlineData("patternProperties", "{", "}", ":true")]
    public void Validate_ManyNamesInALargeObject_EndsWithAViolation(string keyword, string open, string close, string value)
    {
        var schema = $$"""{"{{keyword}}":{{open}}{{List(5_000, i => $"\"v{i}\"{value}")}}{{close}}}""";

        Assert.Equal(SchemaRun.TooManySteps, Validate(schema, $$"""{ {{List(5_000, i => $"\"v{i}\":1")}} }"""));
    }

    [Fact]
    public void Validate_ManyPropertiesOfALargeObject_LooksAtEachMemberOnce() =>
        Assert.Null(Validate($$"""{"properties":{ {{List(5_000, i => $"\"v{i}\":true")}} } }""", $$"""{ {{List(50_000, i => $"\"w{i}\":1")}} }"""));

    [Fact]
    public void Validate_ItemsOfOneHash_EndsWithAViolation()
    {
        // A double's hash is its two halves, one upon the other.
        static string Number(int i) =>
            BitConverter.Int64BitsToDouble(((0x3FF00000L + i) << 32) | ((0x3FF00000L + i) ^ 0x55)).ToString("R", CultureInfo.InvariantCulture);

        Assert.Equal(SchemaRun.TooManySteps, Validate("""{"uniqueItems":true}""", $"[{List(2_000, Number)}]"));
    }

    [Fact]
    public void Validate_ManyMatchesThatEachEndInTime_EndTogether()
    {
        // The reference back keeps .NET from matching it in linear time.
        var violation = Validate("""{"items":{"anyOf":[{"pattern":"^(([a-z])+.)+[A-Z]\\2$"},true]}}""", $"[{List(5_000, _ => "\"aaaaaaaaaaaaaaaaaaaa\"")}]");

        Assert.Contains("takes too long", violation!.Reason, StringComparison.Ordinal);
    }

    // Who reads the arguments after us may take the first.
    [Fact]
    public void Validate_MemberTwice_ChecksBoth()
    {
        const string Schema = """{"properties":{"a":{"type":"string"}}}""";

        Assert.Equal("/a", Validate(Schema, """{"a":1,"a":"x"}""")!.Path);
        Assert.Equal("/a", Validate(Schema, """{"a":"x","a":1}""")!.Path);
    }

    private static string List(int count, Func<int, string> item) => string.Join(',', Enumerable.Range(0, count).Select(item));

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;

    private static SchemaViolation? Validate(string schema, string value) => JsonSchema.Compile(new JsonText(schema)).Validate(Parse(value));
}
