namespace ToolRuntime.Gateway.Tests.Telemetry;

/// <summary>The tables of <c>docs/operations.md</c>.</summary>
internal static class MarkdownTable
{
    private static readonly string[] Document = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "operations.md"));

    /// <summary>The rows of the table whose first column is named so, without marks.</summary>
    public static IReadOnlyList<string[]> Rows(string first) =>
        [.. Document.SkipWhile(line => !line.StartsWith($"| {first} |", StringComparison.Ordinal)).TakeWhile(line => line.StartsWith('|')).Skip(2).Select(Cells)];

    private static string[] Cells(string line) => [.. line.Trim('|').Split('|').Select(cell => cell.Trim().Trim('`'))];
}
