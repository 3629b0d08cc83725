using System.Text.Json;
using ToolRuntime.Gateway.Http;

namespace ToolRuntime.Gateway.Tests.Http;

public class OpenApiTests
{
    [Fact]
    public async Task Document_Served_DescribesExactlyTheRoutes()
    {
        await using var world = await World.StartAsync();

        var (_, document) = await world.GetAsync("/v1/openapi.json");

        var described = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}"));
        Assert.Equal(world.Routes().Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
        Assert.Equal("3.1.0", document.GetProperty("openapi").GetString());
    }

    [Fact]
    public void Document_References_AllResolve()
    {
        using var document = JsonDocument.Parse(OpenApiDocument.Open());
        foreach (var reference in References(document.RootElement))
        {
            var at = document.RootElement;
            foreach (var part in reference.Split('/').Skip(1)) Assert.True(at.TryGetProperty(part, out at), reference);
        }
    }

    [Fact]
    public void Document_ErrorCodes_AreTheProtocols()
    {
        using var document = JsonDocument.Parse(OpenApiDocument.Open());
        var codes = document.RootElement.GetProperty("components").GetProperty("schemas").GetProperty("Error").GetProperty("properties").GetProperty("error").GetProperty("properties").GetProperty("code").GetProperty("enum");

        Assert.Equal(Enum.GetNames<ErrorCode>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName).Order(), codes.EnumerateArray().Select(code => code.GetString()!).Order());
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(member => member.Name == "$ref" ? [member.Value.GetString()!] : References(member.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
