using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ToolRuntime.Metrics;

/// <summary>
/// Remembers what this process measures, for a day, in memory: listens to the instruments that <see cref="MetricCatalog"/> names and takes a sample of each every ten seconds.
/// </summary>
internal sealed class MetricHistory : IHostedService, IDisposable
{
    private readonly MetricTable table;
    private readonly MeterListener listener = new();
    private readonly IMeterFactory meters;
    private readonly MetricHistoryOptions options;
    private readonly MetricRecorder?[] recorders = new MetricRecorder?[MetricCatalog.All.Length];
    private readonly StepClock clock;

    public MetricHistory(IMeterFactory meters, IOptions<MetricHistoryOptions> options, TimeProvider time)
    {
        (this.meters, this.options) = (meters, options.Value);
        clock = new(time, StepSeconds, Sample);
        table = new(MetricCatalog.All.Length, StepSeconds, this.options.Enabled ? this.options.KeepHours * 3_600 / StepSeconds : 1);
    }

    public int StepSeconds => options.StepSeconds;

    public int KeepHours => options.KeepHours;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.Enabled) return Task.CompletedTask;
        listener.InstrumentPublished = Enable;
        listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => Record(value, tags, state));
        listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => Record(value, tags, state));
        listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => Record(value, tags, state));
        listener.Start();
        clock.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        clock.Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        clock.Dispose();
        listener.Dispose();
    }

    /// <summary>What is remembered of the series of a query.</summary>
    public ProcessMetrics Read(MetricQuery query, string process) =>
        new(process, [.. query.Names.Select(name => MetricCatalog.Find(name) is { } index ? table.Read(query, index, MetricCatalog.All[index].IsPercentile) : new float[query.Steps])]);

    /// <summary>Ends the step, unless that was done.</summary>
    internal void Sample() => clock.Tick();

    private void Sample(long number, double seconds)
    {
        foreach (var recorder in recorders) if (recorder?.IsObserved == true) recorder.BeginObserving();
        try
        {
            listener.RecordObservableInstruments();
        }
        catch (AggregateException)
        {
            // What an instrument can't tell at its process's end is not known.
        }

        Span<float> samples = stackalloc float[recorders.Length];
        for (var i = 0; i < recorders.Length; i++) samples[i] = recorders[i]?.Sample(seconds) ?? float.NaN;
        table.Add(number, samples);
    }

    private static void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        foreach (var recorder in (MetricRecorder[])state!) recorder.Record(value, tags);
    }

    /// <summary>Instruments of this host, and those that are the process's: not those of another host beside it.</summary>
    private void Enable(Instrument instrument, MeterListener to)
    {
        if (instrument.Meter.Scope is { } scope && !ReferenceEquals(scope, meters)) return;
        var observed = instrument.IsObservable;
        var cumulative = observed && instrument.GetType().GetGenericTypeDefinition() == typeof(ObservableCounter<>);
        var mine = new List<MetricRecorder>();
        for (var i = 0; i < recorders.Length; i++)
        {
            if (MetricCatalog.All[i] is not { } wanted || wanted.Instrument != instrument.Name) continue;
            mine.Add(recorders[i] ??= new(wanted, observed, cumulative));
        }

        if (mine.Count > 0) to.EnableMeasurementEvents(instrument, mine.ToArray());
    }
}
