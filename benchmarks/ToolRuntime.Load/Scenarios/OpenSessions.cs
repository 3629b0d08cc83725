using System.Diagnostics;
using System.Globalization;
using ToolRuntime.Load.Client;
using ToolRuntime.Load.Figures;

namespace ToolRuntime.Load.Scenarios;

internal sealed class OpenSessions() : Scenario("open-sessions", "1,000 sessions on 10 connections, each after one batch of `computer`; then what an idle server costs")
{
    private const int Connections = 10;
    private const int PerConnection = 100;

    public override Place Places => Place.Process;

    public override async Task RunAsync(ScenarioRun run)
    {
        await run.StartServerAsync();
        var warm = await run.OpenSessionAsync("warm");
        for (var i = 0; i < 1_000; i++) await warm.RunAsync(Calls.Computer);
        await Task.Delay(2_000);
        var before = run.Server.ResidentBytes;

        var opened = new Samples();
        for (var i = 0; i < Connections; i++)
        {
            var connection = await run.ConnectAsync();
            for (var j = 0; j < PerConnection; j++)
            {
                var from = Stopwatch.GetTimestamp();
                var session = await LoadSession.OpenAsync(connection, string.Create(CultureInfo.InvariantCulture, $"open-{i}-{j}"));
                opened.Add(from, Stopwatch.GetTimestamp());
                (await session.RunAsync(Calls.Computer)).Successful(1);
            }
        }

        await Task.Delay(2_000);
        run.Latency("session.open of a new session", opened);
        run.Single("resident memory per open session", (run.Server.ResidentBytes - before) / 1e3 / (Connections * PerConnection), "KB");
        run.Single("resident memory of the server", run.Server.ResidentBytes / 1e6, "MB");

        // The reminders of work that has ended go with their first tick, after a minute.
        await Task.Delay(TimeSpan.FromSeconds(run.Options.Times(90)));
        var (server, since) = (run.Server.CpuTime, Stopwatch.GetTimestamp());
        await Task.Delay(run.Options.Duration);
        run.Single("processor time while idle, of one core", 100 * (run.Server.CpuTime - server) / Stopwatch.GetElapsedTime(since), "%", atMost: 0.5);
    }
}
