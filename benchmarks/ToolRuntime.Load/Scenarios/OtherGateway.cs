using ToolRuntime.Load.Client;
using ToolRuntime.Load.Figures;

namespace ToolRuntime.Load.Scenarios;

internal sealed class OtherGateway() : Scenario("other-gateway", "200 sessions with a process each, which prints its clock 5 times a second; begun at one gateway, seen at another")
{
    private const int Sessions = 200;
    private const int EveryMs = 200;

    /// <summary>What starts, and ends, 200 processes at once is not measured: all are there while it is.</summary>
    private static readonly TimeSpan Starting = TimeSpan.FromSeconds(8), Ending = TimeSpan.FromSeconds(2);

    public override async Task RunAsync(ScenarioRun run)
    {
        await run.StartServerAsync("--ToolRuntime:Runners:MaxProcesses", "1000");
        var from = await run.ConnectAsync(0);
        var watching = new LoadSession[Sessions];
        for (var i = 0; i < Sessions; i++) watching[i] = await LoadSession.OpenAsync(await run.ConnectAsync(1), $"seen{i}");

        var samples = new Samples();
        var length = Starting + run.Options.Duration + Ending;
        var (started, over) = (Task.Delay(Starting), Task.Delay(Starting + run.Options.Duration));
        await Task.WhenAll(watching.Select(WatchAsync));
        run.Latency("print to tool.output at the other gateway", samples, run.Bound(3, 3), run.Bound(15, 15));
        if (samples.Count == 0) throw new InvalidOperationException("Nothing was seen.");

        async Task WatchAsync(LoadSession session)
        {
            var reader = new ClockReader(samples);
            session.Output = (in EventView happened) =>
            {
                if (started.IsCompleted && !over.IsCompleted) reader.Take(in happened);
            };
            var step = session.Follow();
            await from.CommandAsync($"\"type\":\"tools.run\",\"session\":\"{session.Name}\",\"calls\":[{Calls.Clock((int)(length.TotalMilliseconds / EveryMs), EveryMs, 600_000)}]");
            await step.Ended;
            step.Successful(1);
        }
    }
}
