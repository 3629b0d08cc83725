using System.Globalization;
using ToolRuntime.EndToEnd.Tests.Support;
using Xunit.Abstractions;

namespace ToolRuntime.EndToEnd.Tests;

/// <summary>
/// <c>kill -9</c> and restart at random moments of batches of real processes. <c>TOOLRUNTIME_E2E_SEED</c> repeats a run (as far as two processes can be repeated),
/// <c>TOOLRUNTIME_E2E_ROUNDS</c> sets the rounds per data folder.
/// </summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private static readonly int Seed = Setting("TOOLRUNTIME_E2E_SEED") ?? Random.Shared.Next(1, 1_000_000);
    private static readonly int Rounds = Setting("TOOLRUNTIME_E2E_ROUNDS") ?? 6;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Kill_AtRandomMoments_NothingIsLostRepeatedOrLeftBehind(int folder)
    {
        Log($"TOOLRUNTIME_E2E_SEED={Seed}, data folder {folder}");
        await using var story = await CrashStory.BeginAsync(new(Seed * 31 + folder), Log);
        try
        {
            for (var round = 1; round <= Rounds; round++) await story.RoundAsync(round);
            await story.EndAsync();
        }
        catch
        {
            Log(await story.DescribeAsync());
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
