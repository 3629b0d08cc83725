using ToolRuntime.Load.Client;
using ToolRuntime.Load.Figures;

namespace ToolRuntime.Load.Scenarios;

internal sealed class WideBatch() : Scenario("wide-batch", "one batch of 100 `computer`, all in parallel")
{
    private const int Width = 100;

    public override async Task RunAsync(ScenarioRun run)
    {
        await run.StartServerAsync();
        var session = await run.OpenSessionAsync("wide");
        var calls = Calls.Computers(Width);
        for (var i = 0; i < 150; i++) await session.RunAsync(calls, $",\"maxParallel\":{Width}");

        var (first, last, ended) = (new Samples(), new Samples(), new Samples());
        for (var i = 0; i < run.Options.Times(200); i++)
        {
            var step = (await session.RunAsync(calls, $",\"maxParallel\":{Width}")).Successful(Width);
            first.Add(step.SentAt, step.FirstStartedAt);
            last.Add(step.SentAt, step.LastStartedAt);
            ended.Add(step.SentAt, step.EndedAt);
        }

        run.Latency("tools.run to first tool.started", first, p99: run.Bound(30));
        run.Latency("tools.run to last tool.started", last, p99: run.Bound(150));
        run.Latency("tools.run to batch.completed", ended);
    }
}
