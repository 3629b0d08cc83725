using System.Globalization;
using Xunit.Abstractions;

namespace ToolRuntime.Cluster.Tests.Faults;

/// <summary>
/// Faults of all kinds on a cluster of real processes that works all the time. <c>TOOLRUNTIME_FAULTS</c> says how many for each way of Redis to sync,
/// <c>TOOLRUNTIME_FAULT_SEED</c> repeats a run, as far as processes can be repeated.
/// </summary>
[Trait("run", "faults")]
public sealed class FaultTests(ITestOutputHelper output)
{
    private static readonly int Seed = Setting("TOOLRUNTIME_FAULT_SEED") ?? Random.Shared.Next(1, 1_000_000);
    private static readonly int Count = Setting("TOOLRUNTIME_FAULTS") ?? 10;

    [Theory]
    [InlineData("always")]
    [InlineData("everysec")]
    public async Task Cluster_FaultAfterFault_NothingIsLostRepeatedReorderedOrLeftBehind(string appendfsync)
    {
        Log($"TOOLRUNTIME_FAULTS={Count} TOOLRUNTIME_FAULT_SEED={Seed}, appendfsync {appendfsync}");
        await using var run = await FaultRun.BeginAsync(appendfsync, Seed, Log);
        try
        {
            for (var number = 1; number <= Count; number++) await run.FaultAsync(number);
            await run.EndAsync();
        }
        catch
        {
            var folder = Path.Combine(AppContext.BaseDirectory, "..", "..", "..", "test-results", $"faults-{Seed}-{appendfsync}");
            run.Save(folder);
            Log($"What the processes printed is in {Path.GetFullPath(folder)}");
            throw;
        }
    }

    private static int? Setting(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;

    private void Log(string line)
    {
        output.WriteLine(line);
        Console.WriteLine(line);
    }
}
