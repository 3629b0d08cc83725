using System.Diagnostics;
using System.Globalization;
using ToolRuntime.Load.Client;
using ToolRuntime.Load.Figures;

namespace ToolRuntime.Load.Scenarios;

internal sealed class FastPrinter() : Scenario("fast-printer", "one process prints at full speed with the cap off, 5 others their clock 5 times a second (--seconds 60 for the full length)")
{
    private const int Others = 5;
    private const int EveryMs = 200;
    private const string Line = "The quick brown fox jumps over the lazy dog; the quick brown fox jumps over the lazy dog, once more.";

    public override Place Places => Place.Process;

    public override async Task RunAsync(ScenarioRun run)
    {
        await run.StartServerAsync("--ToolRuntime:Runners:MaxOutputBytes", "0");
        var (duration, printed) = (run.Options.Duration, 0L);
        var printer = await run.OpenSessionAsync("printer");
        printer.Output = (in EventView happened) => printed = Math.Max(printed, happened.Offset + happened.Text.Length - happened.Text.Count((byte)'\\'));
        var others = await run.OpenSessionsAsync(Others, "other");
        await Task.WhenAll(others.Select(session => ClockAsync(session, TimeSpan.FromSeconds(2), new())).Append(PrintAsync(printer, TimeSpan.FromSeconds(1))));
        await Task.Delay(1_000);

        var samples = new Samples();
        var (before, highest, stored, from) = (run.Server.ResidentBytes, 0L, Stored(run), Stopwatch.GetTimestamp());
        printed = 0;
        var clocks = Task.WhenAll(others.Select(session => ClockAsync(session, duration, samples)));
        var printing = PrintAsync(printer, duration);
        while (!printing.IsCompleted)
        {
            highest = Math.Max(highest, run.Server.ResidentBytes);
            await Task.WhenAny(printing, Task.Delay(250));
        }

        var elapsed = Stopwatch.GetElapsedTime(from);
        (await printing).Successful(1);
        await clocks;
        run.Single("stored and delivered", printed / 1e6 / elapsed.TotalSeconds, "MB/s", atLeast: 5);
        run.Single("growth of the data folder", (Stored(run) - stored) / 1e6, "MB");
        run.Single("growth of resident memory", (highest - before) / 1e6, "MB", atMost: 50);
        run.Latency("other sessions, print to tool.output", samples, p99: 50);
    }

    // timeout ends with 124; the printing was what was wanted.
    private static Task<Step> PrintAsync(LoadSession session, TimeSpan duration) => session.RunAsync(Calls.Shell(
        string.Create(CultureInfo.InvariantCulture, $"timeout {duration.TotalSeconds} yes '{Line}'; true"), (int)(duration * 2).TotalMilliseconds + 60_000));

    private static Task<Step> ClockAsync(LoadSession session, TimeSpan duration, Samples samples)
    {
        session.Output = new ClockReader(samples).Take;
        return session.RunAsync(Calls.Clock((int)(duration.TotalMilliseconds / EveryMs), EveryMs, 600_000));
    }

    private static long Stored(ScenarioRun run) => new DirectoryInfo(((Server.GatewayProcess)run.Server).Folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
