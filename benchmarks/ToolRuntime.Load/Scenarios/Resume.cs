using System.Diagnostics;
using ToolRuntime.Load.Client;
using ToolRuntime.Load.Figures;

namespace ToolRuntime.Load.Scenarios;

internal sealed class Resume() : Scenario("resume", "session.open with a cursor 10,000 events back, until the last of them has come")
{
    private const int Missed = 10_000;

    public override async Task RunAsync(ScenarioRun run)
    {
        await run.StartServerAsync();
        var source = await run.OpenSessionAsync("resumed");
        while (source.Cursor < Missed) await source.RunAsync(Calls.Computers(500));
        var (epoch, head) = (source.Epoch, source.Cursor);

        var samples = new Samples();
        var connection = await run.ConnectAsync();
        for (var i = 0; i < run.Options.Times(60); i++)
        {
            var session = new LoadSession(connection, source.Name);
            var (from, bytes) = (Stopwatch.GetTimestamp(), connection.BytesReceived);
            var at = await session.ResumeAsync(epoch, head - Missed, head);
            if (i >= run.Options.Times(60) / 6) samples.Add(from, at);
            if (i == 0) run.Single("bytes of 10,000 events", (connection.BytesReceived - bytes) / 1e6, "MB");
            await session.CloseAsync();
        }

        run.Latency("session.open to the last missed event", samples, p99: run.Bound(200));
    }
}
