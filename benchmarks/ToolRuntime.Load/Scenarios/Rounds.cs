using System.Diagnostics;
using ToolRuntime.Load.Client;
using ToolRuntime.Load.Figures;

namespace ToolRuntime.Load.Scenarios;

/// <summary>Sessions that each run one batch after another.</summary>
internal static class Rounds
{
    /// <summary>From <c>tools.run</c> to the batch's end, of every round; each must be successful.</summary>
    /// <param name="sessions">Those that work at the same time.</param>
    /// <param name="calls">The calls of the next round, JSON.</param>
    /// <param name="width">How many those are.</param>
    /// <param name="duration">No round begins later.</param>
    /// <param name="each">Takes every round that has ended.</param>
    public static async Task<Samples> MeasureAsync(LoadSession[] sessions, Func<string> calls, int width, TimeSpan duration, Action<Step>? each = null)
    {
        var from = Stopwatch.GetTimestamp();
        return await MeasureAsync(sessions, calls, width, () => Stopwatch.GetElapsedTime(from) >= duration, each);
    }

    /// <summary>The same, until it is said to be over.</summary>
    public static async Task<Samples> MeasureAsync(LoadSession[] sessions, Func<string> calls, int width, Func<bool> over, Action<Step>? each = null)
    {
        var samples = new Samples();
        await Task.WhenAll(sessions.Select(RepeatAsync));
        return samples;

        async Task RepeatAsync(LoadSession session)
        {
            while (!over())
            {
                var step = (await session.RunAsync(calls())).Successful(width);
                each?.Invoke(step);
                samples.Add(step.SentAt, step.EndedAt);
            }
        }
    }
}
