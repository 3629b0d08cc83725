using System.Diagnostics.Metrics;

namespace ToolRuntime.Gateway.Metrics;

/// <summary>Which of Prometheus' kinds an instrument is.</summary>
internal static class MetricKinds
{
    /// <summary>The family of an instrument, or null where its kind is unknown.</summary>
    public static MetricFamily? Create(Instrument instrument)
    {
        var type = instrument.GetType();
        var kind = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        if (kind == typeof(Counter<>)) return new(MetricNames.Of(instrument, counts: true), "counter", instrument, labels => new SumSeries(labels));
        if (kind == typeof(ObservableCounter<>)) return new(MetricNames.Of(instrument, counts: true), "counter", instrument, labels => new LastSeries(labels));
        if (kind == typeof(UpDownCounter<>)) return new(MetricNames.Of(instrument, counts: false), "gauge", instrument, labels => new SumSeries(labels));
        if (kind == typeof(ObservableUpDownCounter<>) || kind == typeof(ObservableGauge<>) || kind == typeof(Gauge<>))
        {
            return new(MetricNames.Of(instrument, counts: false), "gauge", instrument, labels => new LastSeries(labels));
        }

        return Boundaries(instrument) is { } boundaries ? new(MetricNames.Of(instrument, counts: false), "histogram", instrument, labels => new HistogramSeries(labels, boundaries)) : null;
    }

    private static double[]? Boundaries(Instrument instrument) => instrument switch
    {
        Histogram<double> histogram => MetricBuckets.Of(histogram),
        Histogram<float> histogram => MetricBuckets.Of(histogram),
        Histogram<long> histogram => MetricBuckets.Of(histogram),
        Histogram<int> histogram => MetricBuckets.Of(histogram),
        Histogram<short> histogram => MetricBuckets.Of(histogram),
        Histogram<byte> histogram => MetricBuckets.Of(histogram),
        Histogram<decimal> histogram => MetricBuckets.Of(histogram),
        _ => null,
    };
}
