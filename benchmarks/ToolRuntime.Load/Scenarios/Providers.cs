using System.Globalization;
using ToolRuntime.Load.Client;
using ToolRuntime.Load.Figures;
using ToolRuntime.Load.Server;

namespace ToolRuntime.Load.Scenarios;

internal sealed class Providers() : Scenario("providers", "search and pages from stand-ins that answer in 200 and 500 ms, 20 sessions at once; tools.run to batch.completed")
{
    private const int Sessions = 20;
    private int next;

    public override Place Places => Place.Process | Place.Cluster;

    public override async Task RunAsync(ScenarioRun run)
    {
        await using var internet = await StandIn.StartAsync();
        await run.StartServerAsync(internet.Settings(firecrawl: false));
        var sessions = await run.OpenSessionsAsync(Sessions);
        string Search() => Calls.Search($"question {Next()}");
        string Scrape() => Calls.Scrape($"{internet.Url}/page/{Next()}");
        string Parallel() => $"{Search()},{Scrape()},{Calls.Shell("echo hello")}";
        await Rounds.MeasureAsync(sessions, Parallel, 3, TimeSpan.FromSeconds(5));

        var each = run.Options.Duration / 3;
        run.Latency("web_search", await Rounds.MeasureAsync(sessions, Search, 1, each), p99: run.Bound(300));
        run.Latency("web_scrape, own", await Rounds.MeasureAsync(sessions, Scrape, 1, each), p99: run.Bound(700));
        run.Latency("search, scrape and shell in parallel", await Rounds.MeasureAsync(sessions, Parallel, 3, each), p99: run.Bound(1_000));

        var before = internet.Requests;
        var (search, scrape) = (Calls.Search("question 0"), Calls.Scrape($"{internet.Url}/page/0"));
        foreach (var session in sessions) (await session.RunAsync($"{search},{scrape}")).Successful(2);
        var warm = internet.Requests;
        run.Latency("web_search, cached", await Rounds.MeasureAsync(sessions, () => search, 1, each), p99: run.Bound(50));
        run.Latency("web_scrape, cached", await Rounds.MeasureAsync(sessions, () => scrape, 1, each), p99: run.Bound(80));
        if (internet.Requests != warm || warm == before) throw new InvalidOperationException($"{internet.Requests - warm} requests came past the cache.");
    }

    private string Next() => Interlocked.Increment(ref next).ToString(CultureInfo.InvariantCulture);
}

internal sealed class ProviderOfPages() : Scenario("firecrawl", "pages by a stand-in of Firecrawl that answers in 500 ms, 20 sessions at once; tools.run to batch.completed")
{
    private int next;

    public override Place Places => Place.Process | Place.Cluster;

    public override async Task RunAsync(ScenarioRun run)
    {
        await using var internet = await StandIn.StartAsync();
        await run.StartServerAsync(internet.Settings(firecrawl: true));
        var sessions = await run.OpenSessionsAsync(20);
        string Scrape() => Calls.Scrape($"{internet.Url}/page/{Interlocked.Increment(ref next)}");
        await Rounds.MeasureAsync(sessions, Scrape, 1, TimeSpan.FromSeconds(3));
        run.Latency("web_scrape, Firecrawl", await Rounds.MeasureAsync(sessions, Scrape, 1, run.Options.Duration / 3), p99: run.Bound(700));
    }
}
