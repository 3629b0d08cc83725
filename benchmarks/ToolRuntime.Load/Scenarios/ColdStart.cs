using ToolRuntime.Load.Figures;

namespace ToolRuntime.Load.Scenarios;

internal sealed class ColdStart() : Scenario("cold-start", "start of the built program until the page is served (liveness where the page isn't built)")
{
    public override Place Places => Place.Process;

    public override async Task RunAsync(ScenarioRun run)
    {
        var page = run.Program.HasPage;
        var samples = new Samples();
        for (var i = 0; i < 5; i++)
        {
            await using var server = await run.StartAnotherAsync(page ? "/" : "/healthz");
            samples.Add(server.StartTime.TotalMilliseconds);
        }

        run.Latency(page ? "process start to page" : "process start to /healthz (no page in this build)", samples, p50: 1_500);
    }
}
