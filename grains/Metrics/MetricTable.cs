using System.Collections.Immutable;

namespace ToolRuntime.Metrics;

/// <summary>The newest samples of all series, in a ring that grows up to a fixed size.</summary>
internal sealed class MetricTable
{
    private readonly Lock gate = new();
    private readonly int step, kept;
    private long[] steps;
    private float[][] values;

    /// <param name="series">How many.</param>
    /// <param name="step">Seconds of a step.</param>
    /// <param name="kept">How many steps are kept.</param>
    /// <param name="room">For how many there is room at first; null: for all.</param>
    public MetricTable(int series, int step, int kept, int? room = null)
    {
        (this.step, this.kept) = (step, kept);
        (steps, values) = Empty(series, Math.Min(room ?? kept, kept));
    }

    /// <summary>Keeps the samples of the step that has that number: seconds since 1970 by the step's length.</summary>
    public void Add(long number, ReadOnlySpan<float> samples)
    {
        lock (gate)
        {
            if (!Fits(steps.Length, number)) Grow(number);
            var slot = (int)(number % steps.Length);
            steps[slot] = number;
            for (var series = 0; series < values.Length; series++) values[series][slot] = samples[series];
        }
    }

    /// <summary>A series at the steps of a query, coarser or not.</summary>
    /// <param name="query">Its steps.</param>
    /// <param name="series">Which.</param>
    /// <param name="worst">Whether the most of what falls into a step is told, as of a percentile, and not the mean.</param>
    /// <param name="whole">Whether that is the mean of the whole step: what nobody knows is nothing, where anything is known.</param>
    public float[] Read(MetricQuery query, int series, bool worst, bool whole = false)
    {
        var read = new float[query.Steps];
        lock (gate)
        {
            for (var i = 0; i < read.Length; i++) read[i] = Read(query.From + ((long)i * query.StepSeconds), query.StepSeconds, values[series], worst, whole);
        }

        return read;
    }

    /// <summary>What the samples from a second on up to another come to: their sum, and the most of them.</summary>
    public (double Sum, float Most) Over(long from, long to, int series)
    {
        var (sum, most) = (0d, 0f);
        lock (gate)
        {
            for (var slot = 0; slot < steps.Length; slot++)
            {
                if (steps[slot] < from / step || steps[slot] * step >= to || float.IsNaN(values[series][slot])) continue;
                (sum, most) = (sum + values[series][slot], Math.Max(most, values[series][slot]));
            }
        }

        return (sum, most);
    }

    private static (long[] Steps, float[][] Values) Empty(int series, int room)
    {
        var none = new long[room];
        Array.Fill(none, -1);
        return (none, [.. Enumerable.Range(0, series).Select(_ => new float[room])]);
    }

    // Nothing that is still kept is in the way, of this step or of another.
    private bool Fits(int room, long number)
    {
        if (room == kept) return true;
        if (room == steps.Length) return steps[number % room] is var there && (there < 0 || there == number || there <= number - kept);
        var taken = new HashSet<long> { number % room };
        return steps.Where(each => each >= 0 && each > number - kept && each != number).All(each => taken.Add(each % room));
    }

    private void Grow(long number)
    {
        var room = steps.Length;
        do room = Math.Min(kept, room * 2);
        while (!Fits(room, number));
        var (before, known) = (steps, values);
        (steps, values) = Empty(values.Length, room);
        for (var slot = 0; slot < before.Length; slot++)
        {
            if (before[slot] < 0 || before[slot] <= number - kept) continue;
            steps[before[slot] % room] = before[slot];
            for (var series = 0; series < values.Length; series++) values[series][before[slot] % room] = known[series][slot];
        }
    }

    private float Read(long from, int length, float[] samples, bool worst, bool whole)
    {
        var (sum, most, count) = (0d, float.NaN, 0);
        for (var number = from / step; number < (from + length) / step; number++)
        {
            var slot = (int)(number % steps.Length);
            if (steps[slot] != number || float.IsNaN(samples[slot])) continue;
            (sum, most, count) = (sum + samples[slot], samples[slot] > most || count == 0 ? samples[slot] : most, count + 1);
        }

        return count == 0 ? float.NaN : worst ? most : (float)(sum / (whole ? length / step : count));
    }
}
