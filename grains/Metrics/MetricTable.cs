using System.Collections.Immutable;

namespace ToolRuntime.Metrics;

/// <summary>The newest samples of all series, in a ring of a fixed size.</summary>
internal sealed class MetricTable
{
    private readonly Lock gate = new();
    private readonly int step;
    private readonly long[] steps;
    private readonly float[][] values;

    public MetricTable(int series, int step, int kept)
    {
        this.step = step;
        steps = new long[kept];
        Array.Fill(steps, -1);
        values = [.. Enumerable.Range(0, series).Select(_ => new float[kept])];
    }

    /// <summary>Keeps the samples of the step that has that number: seconds since 1970 by the step's length.</summary>
    public void Add(long number, ReadOnlySpan<float> samples)
    {
        var slot = (int)(number % steps.Length);
        lock (gate)
        {
            steps[slot] = number;
            for (var series = 0; series < values.Length; series++) values[series][slot] = samples[series];
        }
    }

    /// <summary>A series at the steps of a query, coarser or not: of a percentile the worst of what falls into a step, else the mean.</summary>
    public float[] Read(MetricQuery query, int series, bool worst)
    {
        var read = new float[query.Steps];
        lock (gate)
        {
            for (var i = 0; i < read.Length; i++) read[i] = Read(query.From + ((long)i * query.StepSeconds), query.StepSeconds, values[series], worst);
        }

        return read;
    }

    private float Read(long from, int length, float[] samples, bool worst)
    {
        var (sum, most, count) = (0d, float.NaN, 0);
        for (var number = from / step; number < (from + length) / step; number++)
        {
            var slot = (int)(number % steps.Length);
            if (steps[slot] != number || float.IsNaN(samples[slot])) continue;
            (sum, most, count) = (sum + samples[slot], samples[slot] > most || count == 0 ? samples[slot] : most, count + 1);
        }

        return count == 0 ? float.NaN : worst ? most : (float)(sum / count);
    }
}
