using System.Text.Json.Nodes;

namespace ToolRuntime.Grains.Tests.Contracts;

/// <summary>The contract fixtures that the TypeScript tests read too.</summary>
internal static class Fixtures
{
    private static readonly string Root = Find();

    /// <summary>The names of a folder's files, without their ending.</summary>
    public static IEnumerable<string> Names(string folder) => Directory.GetFiles(Path.Combine(Root, folder), "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Order();

    public static JsonNode Read(string folder, string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(Root, folder, $"{name}.json")))!;

    public static void AssertSame(JsonNode? expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(expected, actual), $"Expected:\n{expected?.ToJsonString()}\nActual:\n{actual?.ToJsonString()}");

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var fixtures = Path.Combine(folder.FullName, "tests", "fixtures");
            if (Directory.Exists(fixtures)) return fixtures;
        }

        throw new DirectoryNotFoundException("tests/fixtures");
    }
}
