using System.Text.Json;
using ToolRuntime.Schemas;

namespace ToolRuntime.Tests.Schemas;

/// <summary>Compares the validator with ajv's verdicts; see tests/oracles/json-schema.</summary>
public sealed class JsonSchemaCorpusTests
{
    private static readonly JsonElement Corpus = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Schemas", "corpus.json"))).RootElement;

    [Fact]
    public void Validate_Corpus_AgreesWithAjv()
    {
        var wrong = new List<string>();
        var (valid, invalid) = (0, 0);
        foreach (var entry in Corpus.EnumerateArray().Where(entry => entry.TryGetProperty("cases", out _)))
        {
            var schema = JsonSchema.Compile(entry.GetProperty("schema"));
            foreach (var example in entry.GetProperty("cases").EnumerateArray())
            {
                var expected = example[1].GetBoolean();
                _ = expected ? valid++ : invalid++;
                var violation = schema.Validate(example[0]);
                if (violation is null != expected) wrong.Add($"{entry.GetProperty("schema")} with {example[0]}: {violation?.ToString() ?? "valid"}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        Assert.True(valid > 1_000 && invalid > 1_000, $"The corpus is one-sided: {valid} valid, {invalid} invalid.");
    }

    [Fact]
    public void Compile_Malformed_Throws()
    {
        var malformed = Corpus.EnumerateArray().Where(entry => entry.TryGetProperty("malformed", out _)).Select(entry => entry.GetProperty("schema")).ToList();

        Assert.NotEmpty(malformed);
        Assert.All(malformed, schema => Assert.Throws<SchemaException>(() => JsonSchema.Compile(schema)));
    }
}
