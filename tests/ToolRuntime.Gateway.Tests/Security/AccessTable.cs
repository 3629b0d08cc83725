namespace ToolRuntime.Gateway.Tests.Security;

/// <summary>A row of the table "Who may do what": an operation, the scopes it needs, and what becomes of each caller.</summary>
internal sealed record AccessRow(string Operation, string[] Scopes, IReadOnlyDictionary<string, string> Outcomes)
{
    public bool IsRoute => Operation.Contains(' ', StringComparison.Ordinal);
}

/// <summary>The table of <c>docs/security.md</c>.</summary>
internal static class AccessTable
{
    public static IReadOnlyList<AccessRow> Rows { get; } = Read(File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "security.md")));

    private static List<AccessRow> Read(string[] lines)
    {
        var table = lines.SkipWhile(line => line != "## Who may do what").SkipWhile(line => !line.StartsWith("| operation", StringComparison.Ordinal)).TakeWhile(line => line.StartsWith('|')).ToList();
        var callers = Cells(table[0])[2..];
        return [.. table.Skip(2).Select(Cells).Select(cells => new AccessRow(
            cells[0].Trim('`'), cells[1].Split('`', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), callers.Zip(cells[2..]).ToDictionary(pair => pair.First.Trim('`'), pair => pair.Second)))];
    }

    private static string[] Cells(string line) => [.. line.Trim('|').Split('|').Select(cell => cell.Trim())];
}
