namespace ToolRuntime.Load.Scenarios;

/// <summary>Every scenario there is, in the order in which they run.</summary>
internal static class ScenarioList
{
    private static readonly Scenario[] All =
    [
        new ColdStart(), new FirstStart(), new WideBatch(), new QuietByte(), new NoOpThroughput(), new CachedCall(), new ToolsEndToEnd(), new SteadyOutput(), new FastPrinter(),
        new Resume(), new Snapshot(), new LongSession(), new OpenSessions(),
    ];

    public static bool IsName(string name) => name == "all" || All.Any(scenario => scenario.Name == name);

    public static IEnumerable<Scenario> Choose(IReadOnlyList<string> names) => names.Contains("all") ? All : All.Where(scenario => names.Contains(scenario.Name));

    public static string Describe() => string.Join('\n', All.Select(scenario => $"  {scenario.Name,-16} {scenario.Purpose}"));
}
