using System.Diagnostics;
using System.Globalization;
using ToolRuntime.Simulation.Tests.Story;
using ToolRuntime.Simulation.Tests.Weaving;
using Xunit.Abstractions;

namespace ToolRuntime.Simulation.Tests;

/// <summary>
/// Thousands of short histories, each by its seed. <c>TOOLRUNTIME_SIM_SEED</c> says where to begin (default 1), <c>TOOLRUNTIME_SIM_COUNT</c> how many (default 2,000).
/// One history alone tells each of its steps.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    public const int DefaultCount = 2_000;

    private const int MostFailures = 5;

    private static readonly int First = Setting("TOOLRUNTIME_SIM_SEED") ?? 1;
    private static readonly int Count = Setting("TOOLRUNTIME_SIM_COUNT") ?? DefaultCount;

    [Fact]
    public void Histories_WhateverBreaks_KeepTheirPromises()
    {
        var product = new WovenContext(null);
        var clock = Stopwatch.StartNew();
        var failures = new List<string>();
        for (var seed = First; seed < First + Count && failures.Count < MostFailures; seed++)
        {
            var (wrong, summary) = Run(product, seed, null, Count == 1 ? Log : null);
            if (Count == 1) Log(summary);
            if (wrong.Length > 0) failures.Add($"{wrong}\nHistory {seed}: {summary}\nAgain, with all steps: {Again(seed)}");
        }

        Log($"{Count} histories from {First} in {clock.Elapsed.TotalSeconds:0.0} s.");
        Assert.True(failures.Count == 0, string.Join("\n\n", failures));
    }

    private static string Again(int seed) =>
        $"TOOLRUNTIME_SIM_SEED={seed} TOOLRUNTIME_SIM_COUNT=1 dotnet test tests/ToolRuntime.Simulation.Tests --filter Histories_WhateverBreaks_KeepTheirPromises --logger 'console;verbosity=detailed'";

    private static (string Wrong, string Summary) Run(WovenContext product, int seed, string? switches, Action<string>? trace) =>
        product.Call<string[]>(typeof(History), nameof(History.Run), seed, switches, trace) is [var wrong, var summary] ? (wrong, summary) : throw new InvalidOperationException();

    private static int? Setting(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;

    private void Log(string line)
    {
        output.WriteLine(line);
        Console.WriteLine(line);
    }
}
