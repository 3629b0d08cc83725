using System.Diagnostics;
using ToolRuntime.Load.Client;
using ToolRuntime.Load.Figures;

namespace ToolRuntime.Load.Scenarios;

internal sealed class NoOpThroughput() : Scenario("noop", "`computer` in batches of 10, 50 sessions on 50 connections, one batch open in each")
{
    private const int Sessions = 50;
    private const int Width = 10;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);

    public override async Task RunAsync(ScenarioRun run)
    {
        await run.StartServerAsync();
        var sessions = await run.OpenSessionsAsync(Sessions);
        await Task.WhenAll(sessions.Select(session => RepeatAsync(session, WarmUp, new())));

        var batches = new Samples();
        var (client, server, from) = (Environment.CpuUsage.TotalTime, run.Server.CpuTime, Stopwatch.GetTimestamp());
        var duration = run.Options.Duration;
        var done = (await Task.WhenAll(sessions.Select(session => RepeatAsync(session, duration, batches)))).Sum();
        var elapsed = Stopwatch.GetElapsedTime(from);

        run.Single("executions", done / elapsed.TotalSeconds, "1/s", atLeast: run.Bound(6_000, 1_000));
        run.Latency("batch of 10, tools.run to batch.completed", batches);
        run.OfServer("processor time of the server per execution", (run.Server.CpuTime - server).TotalMicroseconds / done, "µs", atMost: run.Bound(280));
        run.Single("processor time of the clients per execution", (Environment.CpuUsage.TotalTime - client).TotalMicroseconds / done, "µs");
        run.OfServer("resident memory of the server", run.Server.ResidentBytes / 1e6, "MB");
    }

    private static async Task<long> RepeatAsync(LoadSession session, TimeSpan duration, Samples batches)
    {
        var (calls, done, from) = (Calls.Computers(Width), 0L, Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(from) < duration)
        {
            var step = (await session.RunAsync(calls)).Successful(Width);
            batches.Add(step.SentAt, step.EndedAt);
            done += step.Completed;
        }

        return done;
    }
}
