using System.Text.Json;
using Microsoft.Extensions.AI;
using ToolRuntime.Models.Providers;
using ToolRuntime.Models.Schemas;
using ToolRuntime.Models.Tests.Gemini;
using ToolRuntime.Models.Tests.OpenAI;

namespace ToolRuntime.Models.Tests.Providers;

/// <summary>Tools as each provider takes them.</summary>
public sealed class ToolFitTests
{
    [Theory]
    [InlineData("true", """{"type":"object","properties":{}}""")]
    [InlineData("{}", """{"type":"object","properties":{}}""")]
    [InlineData("""{"type":["object","null"],"properties":{"a":{"type":["string","null"]}}}""", """{"type":"object","properties":{"a":{"type":["string","null"]}}}""")]
    [InlineData(
        """{"type":"object","properties":{"a":{}},"allOf":[{"properties":{"b":{"type":"string"}},"required":["b"]},{"required":["a"]}]}""",
        """{"type":"object","properties":{"a":{},"b":{"type":"string"}},"required":["b","a"]}""")]
    [InlineData(
        """{"oneOf":[{"type":"object","properties":{"k":{"const":"x"},"a":{"type":"string"}},"required":["k","a"]},{"type":"object","properties":{"k":{"const":"y"}},"required":["k"]},{"type":"string"}]}""",
        """{"properties":{"k":{"anyOf":[{"const":"x"},{"const":"y"}]},"a":{"type":"string"}},"required":["k"],"type":"object"}""")]
    [InlineData(
        """{"$ref":"#/$defs/Args","$defs":{"Args":{"type":"object","properties":{"a":{"$ref":"#/$defs/A"}}},"A":{"type":"string"}}}""",
        """{"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"$defs":{"Args":{"type":"object","properties":{"a":{"$ref":"#/$defs/A"}}},"A":{"type":"string"}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"anyOf":[{"type":"string"}]}},"not":{"required":["a"]},"if":{},"then":{}}""", """{"type":"object","properties":{"a":{"anyOf":[{"type":"string"}]}}}""")]
    public void Of_RootThatIsRefused_BecomesAnObjectWithProperties(string schema, string fitted)
    {
        var (actual, unfit) = SchemaFit.Of(Chats.Json(schema), plainTypes: false);

        Assert.Null(unfit);
        Chats.AssertJson(fitted, actual);
    }

    [Theory]
    [InlineData("""{"a":{"type":["string","null"]}}""", """{"a":{"type":"string"}}""")]
    [InlineData("""{"a":{"type":["array","string"],"items":{"type":["integer","null"]},"maxLength":3}}""", """{"a":{"anyOf":[{"type":"array","items":{"type":"integer"}},{"type":"string","maxLength":3}]}}""")]
    [InlineData("""{"a":true,"b":false,"c":{"type":"array","items":true}}""", """{"a":{},"c":{"type":"array"}}""")]
    [InlineData("""{"a":{"type":"object","additionalProperties":false,"properties":{"x":{"anyOf":[true,{"type":"string"}]},"y":{"anyOf":[false,{"type":"string"}]}}}}""", """{"a":{"type":"object","properties":{"x":{},"y":{"anyOf":[{"type":"string"}]}}}}""")]
    public void Of_PlainTypes_HasNoArraysOfTypesAndNoBooleans(string properties, string fitted)
    {
        var (actual, _) = SchemaFit.Of(Chats.Json($$"""{"type":"object","properties":{{properties}},"required":["a","b"]}"""), plainTypes: true);

        Chats.AssertJson(fitted, actual.GetProperty("properties"));
        Assert.Equal(properties.Contains("false,\"c\"", StringComparison.Ordinal) ? 1 : 2, actual.GetProperty("required").GetArrayLength());
    }

    [Theory]
    [InlineData("false")]
    [InlineData("""{"type":"string"}""")]
    [InlineData("""{"$ref":"#/$defs/nobody"}""")]
    [InlineData("""{"$ref":"#"}""")]
    [InlineData("""{"$ref":"https://example.org/schema"}""")]
    public void Tools_OneThatCantBeFitted_IsLeftOutAlone(string schema)
    {
        var names = new ToolNames([Tool("odd", schema), Tool("well", "{}")]);

        Assert.Equal(["well"], names.Tools.Select(t => t.Name));
        Assert.Equal(["odd"], names.LeftOut.Select(t => t.Tool));
    }

    [Fact]
    public void Tools_Name_DependsOnNothingElse()
    {
        string[] all = ["a.b", "a_b", "a-b", "0ab", new string('x', 63) + ".y", new string('x', 63) + ".z"];
        var together = new ToolNames(all.Select(name => Tool(name, "{}")));
        var reversed = new ToolNames(all.Reverse().Select(name => Tool(name, "{}")));

        Assert.All(all, name => Assert.Equal(name, together.FromWire(ToolNames.ToWire(name))));
        Assert.All(all, name => Assert.Equal(name, reversed.FromWire(ToolNames.ToWire(name))));
        Assert.Equal(all.Length, together.Tools.Select(t => t.Name).Distinct().Count());
        Assert.All(together.Tools, t => Assert.Matches("^[A-Za-z_][A-Za-z0-9_-]{0,63}$", t.Name));
        Assert.Equal("a_b", ToolNames.ToWire("a_b"));
    }

    [Fact]
    public async Task Ask_OpenAI_TakesItsNumberOfToolsWithShortDescriptions()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(OpenAIEvents.Text("x"), OpenAIEvents.Finish("stop"), OpenAIEvents.Done);
        var many = Enumerable.Range(0, 130).Select(i => Tool($"t{i}", "{}", new string('d', 1_023) + "😀😀")).ToList();

        await server.Client("openai/m").GetResponseAsync("Hi", new() { Tools = [.. many] });

        var sent = server.Requests.Single().Body.GetProperty("tools").EnumerateArray().Select(t => t.GetProperty("function")).ToArray();
        Assert.Equal(128, sent.Length);
        Assert.All(sent, t => Assert.Equal(new string('d', 1_023) + "…", t.GetProperty("description").GetString()));
    }

    [Fact]
    public async Task Ask_Gemini_SendsPlainSchemas()
    {
        await using var server = await FakeProvider.StartAsync();
        server.Streams(GeminiEvents.Parts("""{"text":"x"}""", "STOP"));

        await server.Client("gemini/m").GetResponseAsync("Hi", new() { Tools = [Tool("t", """{"properties":{"a":{"type":["string","null"]}}}""")] });

        Chats.AssertJson(
            """[{"functionDeclarations":[{"name":"t","description":"d","parametersJsonSchema":{"properties":{"a":{"type":"string"}},"type":"object"}}]}]""",
            server.Requests.Single().Body.GetProperty("tools"));
    }

    private static AIFunctionDeclaration Tool(string name, string schema, string description = "d") => AIFunctionFactory.CreateDeclaration(name, description, JsonSerializer.Deserialize<JsonElement>(schema));
}
