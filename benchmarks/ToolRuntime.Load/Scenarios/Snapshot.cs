using System.Diagnostics;
using ToolRuntime.Load.Client;
using ToolRuntime.Load.Figures;

namespace ToolRuntime.Load.Scenarios;

internal sealed class Snapshot() : Scenario("snapshot", "session.open without a cursor of a session with 200 messages and 1,000 executions")
{
    public override async Task RunAsync(ScenarioRun run)
    {
        await run.StartServerAsync();
        var source = await run.OpenSessionAsync("snapshot");
        var text = string.Join('\n', Enumerable.Repeat("/computer {}", 10));
        for (var i = 0; i < 100; i++) (await source.SendAsync(text)).Successful(10);

        var samples = new Samples();
        var connection = await run.ConnectAsync();
        for (var i = 0; i < run.Options.Times(100); i++)
        {
            var session = new LoadSession(connection, source.Name);
            var from = Stopwatch.GetTimestamp();
            var answer = await session.OpenAsync();
            if (i >= run.Options.Times(100) / 10) samples.Add(from, answer.ReceivedAt);
            if (i == 0) run.Single("bytes of the snapshot", answer.Json.Length / 1e6, "MB");
            await session.CloseAsync();
        }

        run.Latency("session.open to the snapshot", samples, p99: run.Bound(50));
    }
}
