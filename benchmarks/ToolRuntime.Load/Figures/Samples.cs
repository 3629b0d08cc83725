using System.Diagnostics;

namespace ToolRuntime.Load.Figures;

/// <summary>Measured values, in milliseconds unless said otherwise. Any thread adds.</summary>
internal sealed class Samples
{
    private readonly Lock gate = new();
    private readonly List<double> values = new(4_096);
    private bool sorted = true;

    public int Count => values.Count;

    public double Max => At(1);

    public void Add(double value)
    {
        lock (gate)
        {
            values.Add(value);
            sorted = false;
        }
    }

    /// <summary>Adds the time between two stopwatch readings.</summary>
    public void Add(long from, long to) => Add(Stopwatch.GetElapsedTime(from, to).TotalMilliseconds);

    /// <summary>The nearest-rank quantile; NaN when there is nothing.</summary>
    public double At(double quantile)
    {
        lock (gate)
        {
            if (values.Count == 0) return double.NaN;
            if (!sorted) values.Sort();
            sorted = true;
            return values[Math.Clamp((int)Math.Ceiling(quantile * values.Count) - 1, 0, values.Count - 1)];
        }
    }
}
