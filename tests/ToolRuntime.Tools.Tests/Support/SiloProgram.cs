using System.Diagnostics;

namespace ToolRuntime.Tools.Tests.Support;

/// <summary>
/// The test assembly as a program: a stand-in for a silo, in a process of its own that a test can kill. <c>run</c> runs each further argument as a command
/// line at once, prints its mark and then why they failed, <c>lease</c> the same with a lease of 1.5 s, <c>terminals</c> in terminals; <c>print</c> runs one and prints what it printed; <c>measure</c> prints how long <c>echo</c> and <c>computer</c> take.
/// </summary>
internal static class SiloProgram
{
    public static async Task<int> Main(string[] args)
    {
        using var host = new ToolHost(args[0] == "lease" ? new RunnerLease(TimeSpan.FromSeconds(1.5)) : null);
        await host.Watchdog.StartAsync(default);
        switch (args)
        {
            case ["run" or "lease", .. var commands]:
                var running = Task.WhenAll(commands.Select(command => host.ShellAsync(command)));
                Console.WriteLine(host.Watchdog.Mark.Value);
                foreach (var result in await running) Console.WriteLine(result.Error?.Code);
                return 0;
            case ["terminals", .. var commands]:
                var open = Task.WhenAll(commands.Select(command => host.RunAsync("terminal", $$"""{"command":{{System.Text.Json.JsonSerializer.Serialize(command)}}}""")));
                Console.WriteLine(host.Watchdog.Mark.Value);
                await open;
                return 0;
            case ["print", var command]:
                await host.ShellAsync(command);
                Console.Write(host.Context.Text());
                return 0;
            case ["measure", var count, var parallel]:
                await MeasureAsync(host, int.Parse(count, null), int.Parse(parallel, null));
                return 0;
            default:
                return 2;
        }
    }

    /// <summary>Starts it, with its temporary files in a folder.</summary>
    public static Process Start(string temporary, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(SiloProgram).Assembly.Location, .. arguments]) { RedirectStandardOutput = true };
        start.Environment["TMPDIR"] = temporary;
        return Process.Start(start)!;
    }

    private static async Task MeasureAsync(ToolHost host, int count, int parallel)
    {
        var times = new List<double>();
        for (var i = 0; i < 20; i++) await host.ShellAsync("echo warm");
        await Parallel.ForEachAsync(Enumerable.Range(0, count), new ParallelOptions { MaxDegreeOfParallelism = parallel }, async (_, cancelled) =>
        {
            var start = Stopwatch.GetTimestamp();
            await host.ShellAsync("echo hello", cancelled);
            lock (times) times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        });
        times.Sort();
        Console.WriteLine($"echo: p50 {times[count / 2]:0.0} ms, p99 {times[count * 99 / 100]:0.0} ms");

        const int Calls = 100_000;
        var begin = Stopwatch.GetTimestamp();
        for (var i = 0; i < Calls; i++) await host.RunAsync("computer", "{}");
        Console.WriteLine($"computer: {Stopwatch.GetElapsedTime(begin).TotalMicroseconds / Calls:0.0} us, lookup of the tool included");
    }
}
