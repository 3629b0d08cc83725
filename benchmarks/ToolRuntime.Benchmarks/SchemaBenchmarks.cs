using System.Text.Json;
using BenchmarkDotNet.Attributes;
using ToolRuntime.Schemas;

namespace ToolRuntime.Benchmarks;

/// <summary>What checking a call's arguments adds to it.</summary>
public class SchemaBenchmarks
{
    private const string OfFile = """
        {"type":"object","properties":{"path":{"type":"string","minLength":1},"limit":{"type":"integer","minimum":1}},
        "required":["path"],"additionalProperties":false}
        """;

    private const string OfTen = """
        {"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string","enum":["x","y"]},"c":{"type":"integer"},"d":{"type":"boolean"},
        "e":{"type":"array","items":{"type":"string"}},"f":{"type":"object","properties":{"g":{"type":"string"}}},"h":{"type":"number"},
        "i":{"type":"string","pattern":"^[a-z]+$"},"j":{"type":"string"},"k":{"type":"string"}},"required":["a","b"]}
        """;

    private readonly JsonSchema file = JsonSchema.Compile(new JsonText(OfFile));
    private readonly JsonSchema ten = JsonSchema.Compile(new JsonText(OfTen));
    private readonly JsonElement two = JsonElement.Parse("""{"path":"a/b","limit":3}""");
    private readonly JsonElement wrong = JsonElement.Parse("""{"path":"a/b","limit":0}""");
    private readonly JsonElement all = JsonElement.Parse(
        """{"a":"s","b":"x","c":1,"d":true,"e":["1","2","3"],"f":{"g":"s"},"h":1.5,"i":"abc","j":"s","k":"s"}""");

    /// <summary>Two arguments, as most tools have.</summary>
    [Benchmark]
    public object? Validate() => file.Validate(two);

    /// <summary>Ten, with an array, an object and a pattern.</summary>
    [Benchmark]
    public object? ValidateTen() => ten.Validate(all);

    /// <summary>Two, one of them wrong: checked twice, to say why.</summary>
    [Benchmark]
    public object? Refuse() => file.Validate(wrong);

    /// <summary>A tool comes.</summary>
    [Benchmark]
    public object? Compile() => JsonSchema.Compile(new JsonText(OfFile));
}
