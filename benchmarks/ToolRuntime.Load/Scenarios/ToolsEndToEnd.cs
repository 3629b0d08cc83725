using System.Diagnostics;
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
        await MeasureAsync(sessions, $"{Echo},{Write},{Calls.Computer}", 3, TimeSpan.FromSeconds(5));

        var duration = run.Options.Duration / 3;
        run.Latency("shell `echo`", await MeasureAsync(sessions, Echo, 1, duration), p99: run.Bound(200));
        run.Latency("file_write", await MeasureAsync(sessions, Write, 1, duration), p99: run.Bound(100));
        run.Latency("shell, file_write and computer in parallel", await MeasureAsync(sessions, $"{Echo},{Write},{Calls.Computer}", 3, duration), p99: run.Bound(1_000));
    }

    private static async Task<Samples> MeasureAsync(LoadSession[] sessions, string calls, int width, TimeSpan duration)
    {
        var (samples, from) = (new Samples(), Stopwatch.GetTimestamp());
        await Task.WhenAll(sessions.Select(RepeatAsync));
        return samples;

        async Task RepeatAsync(LoadSession session)
        {
            while (Stopwatch.GetElapsedTime(from) < duration)
            {
                var step = (await session.RunAsync(calls)).Successful(width);
                samples.Add(step.SentAt, step.EndedAt);
            }
        }
    }
}
