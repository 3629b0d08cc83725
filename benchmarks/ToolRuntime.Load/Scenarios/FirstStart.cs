using ToolRuntime.Load.Figures;

namespace ToolRuntime.Load.Scenarios;

internal sealed class FirstStart() : Scenario("first-start", "tools.run of one `computer` to its tool.started at the client, one at a time")
{
    public override async Task RunAsync(ScenarioRun run)
    {
        await run.StartServerAsync();
        var session = await run.OpenSessionAsync("first");
        for (var i = 0; i < 500; i++) await session.RunAsync(Client.Calls.Computer);

        var (started, ended) = (new Samples(), new Samples());
        for (var i = 0; i < run.Options.Times(1_000); i++)
        {
            var step = (await session.RunAsync(Client.Calls.Computer)).Successful(1);
            started.Add(step.SentAt, step.FirstStartedAt);
            ended.Add(step.SentAt, step.EndedAt);
        }

        run.Latency("tools.run to tool.started", started, p50: run.Bound(5, 6), p99: run.Bound(20, 25));
        run.Latency("tools.run to batch.completed", ended);
    }
}
