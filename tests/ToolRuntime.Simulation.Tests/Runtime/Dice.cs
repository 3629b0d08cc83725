namespace ToolRuntime.Simulation.Tests.Runtime;

/// <summary>All chance of a history, by its seed; a stream for each matter, so that a change in one does not move the others.</summary>
internal sealed class Dice(int seed)
{
    private readonly Dictionary<string, int> thrown = [];

    /// <summary>Whose step is next.</summary>
    public Random Schedule { get; } = new(seed * 17 + 1);

    /// <summary>What the product throws dice for.</summary>
    public Random Values { get; } = new(seed * 17 + 2);

    /// <summary>How the network, the stores and the processes fare.</summary>
    public Random Network { get; } = new(seed * 17 + 3);

    /// <summary>What people, tools and models do.</summary>
    public Random Story { get; } = new(seed * 17 + 4);

    /// <summary>When what breaks.</summary>
    public Random Faults { get; } = new(seed * 17 + 5);

    /// <summary>Dice for the next thing of a name, whatever else was thrown before.</summary>
    public Random Of(string name)
    {
        ref var count = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(thrown, name, out _);
        var hash = unchecked((uint)(seed * 17) + 6 + ((uint)++count * 2_654_435_761));
        foreach (var letter in name) hash = unchecked((hash ^ letter) * 16_777_619);
        return new((int)hash);
    }
}

internal static class RandomExtensions
{
    public static bool Chance(this Random random, double probability) => random.NextDouble() < probability;

    /// <summary>Mostly near the lower bound.</summary>
    public static TimeSpan Between(this Random random, double fromMs, double toMs) => TimeSpan.FromTicks((long)((fromMs + (Math.Pow(random.NextDouble(), 3) * (toMs - fromMs))) * TimeSpan.TicksPerMillisecond));

    public static T Any<T>(this Random random, params ReadOnlySpan<T> values) => values[random.Next(values.Length)];
}
