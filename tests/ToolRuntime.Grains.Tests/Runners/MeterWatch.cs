using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace ToolRuntime.Grains.Tests.Runners;

/// <summary>A meter factory of its own, and what its instruments measured: sums, and the last value of gauges, by <c>name{label,..}</c>.</summary>
internal sealed class MeterWatch : IDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly ConcurrentDictionary<string, double> values = new();
    private readonly MeterListener listener = new();

    public MeterWatch()
    {
        // Once: any instrument of this process is told of here, also while the services are being disposed of.
        Factory = services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, me) =>
        {
            if (instrument.Meter.Scope == Factory) me.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) => Add(instrument, value, labels));
        listener.SetMeasurementEventCallback<double>((instrument, value, labels, _) => Add(instrument, value, labels));
        listener.SetMeasurementEventCallback<int>((instrument, value, labels, _) => values[Name(instrument, labels)] = value);
        listener.Start();
    }

    public IMeterFactory Factory { get; }

    public double this[string name]
    {
        get
        {
            listener.RecordObservableInstruments();
            return values.GetValueOrDefault(name);
        }
    }

    public void Dispose()
    {
        listener.Dispose();
        services.Dispose();
    }

    private static string Name(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> labels) =>
        $"{instrument.Name}{{{string.Join(',', labels.ToArray().Select(label => label.Value))}}}";

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> labels) =>
        values.AddOrUpdate(Name(instrument, labels), value, (_, sum) => sum + value);
}
