using ToolRuntime.Load.Client;
using ToolRuntime.Load.Figures;

namespace ToolRuntime.Load.Scenarios;

internal sealed class ToolsEndToEnd() : Scenario("tools", "real tools end to end, 20 sessions at once without a pause; tools.run to batch.completed")
{
    private const int Sessions = 20;
    private static readonly string Echo = Calls.Shell("echo hello");
    private static readonly string Write = Calls.WriteFile("notes/hello.md", "# hello\n");

    public override async Task RunAsync(ScenarioRun run)
    {
        await run.StartServerAsync();
        var sessions = await run.OpenSessionsAsync(Sessions);
        await Rounds.MeasureAsync(sessions, () => $"{Echo},{Write},{Calls.Computer}", 3, TimeSpan.FromSeconds(5));

        var duration = run.Options.Duration / 3;
        var output = new Samples();
        run.Latency("shell `echo`", await Rounds.MeasureAsync(sessions, () => Echo, 1, duration, step => output.Add(step.FirstStartedAt, step.FirstOutputAt)), p99: run.Bound(200));
        run.Latency("shell `echo`, tool.started to its output", output, p99: run.Bound(100));
        run.Latency("file_write", await Rounds.MeasureAsync(sessions, () => Write, 1, duration), p99: run.Bound(100));
        run.Latency("shell, file_write and computer in parallel", await Rounds.MeasureAsync(sessions, () => $"{Echo},{Write},{Calls.Computer}", 3, duration), p99: run.Bound(1_000));
    }
}
