using ToolRuntime.Load.Client;
using ToolRuntime.Load.Figures;

namespace ToolRuntime.Load.Scenarios;

internal sealed class SteadyOutput() : Scenario("steady-output", "200 processes of 20 sessions, each prints its clock 5 times a second; print to tool.output at the client")
{
    private const int Sessions = 20;
    private const int ProcessesPerSession = 10;
    private const int EveryMs = 200;

    public override async Task RunAsync(ScenarioRun run)
    {
        await run.StartServerAsync("--ToolRuntime:Runners:MaxProcesses", "1000");
        var sessions = await run.OpenSessionsAsync(Sessions);
        await PrintAsync(sessions, TimeSpan.FromSeconds(5), new());

        // What the processes' own start costs is not steady output: the first lines, printed while others still start, are left out.
        var samples = new Samples();
        var (client, server) = (Environment.CpuUsage.TotalTime, run.Server.CpuTime);
        await PrintAsync(sessions, run.Options.Duration, samples);
        run.Latency("print to tool.output", samples, p99: run.Bound(80));
        run.OfServer("processors busy in the server", (run.Server.CpuTime - server) / run.Options.Duration, "cores");
        run.Single("processors busy in the clients", (Environment.CpuUsage.TotalTime - client) / run.Options.Duration, "cores");
    }

    private static async Task PrintAsync(LoadSession[] sessions, TimeSpan duration, Samples samples)
    {
        var calls = string.Join(',', Enumerable.Repeat(Calls.Clock((int)(duration.TotalMilliseconds / EveryMs), EveryMs, 600_000), ProcessesPerSession));
        var started = Task.Delay(TimeSpan.FromSeconds(3));
        await Task.WhenAll(sessions.Select(PrintAsync));

        async Task PrintAsync(LoadSession session)
        {
            var reader = new ClockReader(samples);
            session.Output = (in EventView happened) =>
            {
                if (started.IsCompleted) reader.Take(in happened);
            };
            (await session.RunAsync(calls)).Successful(ProcessesPerSession);
        }
    }
}
