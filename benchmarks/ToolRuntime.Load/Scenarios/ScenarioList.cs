namespace ToolRuntime.Load.Scenarios;

/// <summary>Every scenario there is, in the order in which they run.</summary>
internal static class ScenarioList
{
    private static readonly Scenario[] All =
    [
        new ColdStart(), new FirstStart(), new WideBatch(), new QuietByte(), new NoOpThroughput(), new CachedCall(), new ToolsEndToEnd(), new Providers(), new ProviderOfPages(), new Bombs(), new SteadyOutput(), new FastPrinter(),
        new Resume(), new Snapshot(), new LongSession(), new OpenSessions(), new ProcessFeed(),
        new OtherGateway(), new BackAtOnce(), new RollingRestart(),
    ];

    public static bool IsName(string name) => name == "all" || All.Any(scenario => scenario.Name == name);

    /// <summary>Those that were named, or all that make sense in a place.</summary>
    public static IEnumerable<Scenario> Choose(IReadOnlyList<string> names, Place place) =>
        All.Where(scenario => names.Contains(scenario.Name) || (names.Contains("all") && scenario.Places.HasFlag(place)));

    public static string Describe() => string.Join('\n', All.Select(scenario => $"  {scenario.Name,-16} {scenario.Purpose}"));
}
