using ToolRuntime.Load.Client;
using ToolRuntime.Load.Figures;
using ToolRuntime.Load.Server;

namespace ToolRuntime.Load.Scenarios;

internal sealed class CachedCall() : Scenario("cached", "tools.run of one `web_scrape` whose result is cached, one at a time; tools.run to batch.completed")
{
    public override Place Places => Place.Process | Place.Cluster;

    public override async Task RunAsync(ScenarioRun run)
    {
        using var page = new WebPage();
        await run.StartServerAsync("--ToolRuntime:Web:AllowedHosts:0", "127.0.0.1");
        var session = await run.OpenSessionAsync("cached");
        var call = Calls.Scrape(page.Url);
        for (var i = 0; i < 500; i++) await session.RunAsync(call);

        var (ended, answered) = (new Samples(), new Samples());
        for (var i = 0; i < run.Options.Times(2_000); i++)
        {
            var step = (await session.RunAsync(call)).Successful(1);
            ended.Add(step.SentAt, step.EndedAt);
            answered.Add(step.FirstStartedAt, step.EndedAt);
        }

        if (page.Requests != 1) throw new InvalidOperationException($"The page was fetched {page.Requests} times.");
        run.Latency("tools.run to batch.completed", ended, p50: run.Bound(5));
        run.Latency("tool.started to batch.completed", answered);
    }
}
