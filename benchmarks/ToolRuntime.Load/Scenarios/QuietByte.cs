using ToolRuntime.Load.Client;
using ToolRuntime.Load.Figures;

namespace ToolRuntime.Load.Scenarios;

internal sealed class QuietByte() : Scenario("quiet-byte", "a process prints its clock after 120 ms of silence; print to tool.output at the client")
{
    public override async Task RunAsync(ScenarioRun run)
    {
        await run.StartServerAsync();
        var session = await run.OpenSessionAsync("quiet");
        session.Output = new ClockReader(new()).Take;
        (await session.RunAsync(string.Join(',', Enumerable.Repeat(Calls.Clock(300, 10), 8)))).Successful(8);

        var samples = new Samples();
        session.Output = new ClockReader(samples).Take;
        (await session.RunAsync(Calls.Clock(run.Options.Times(300), 120))).Successful(1);
        run.Latency("print to tool.output", samples, p50: run.Bound(5), p99: run.Bound(20));
    }
}
