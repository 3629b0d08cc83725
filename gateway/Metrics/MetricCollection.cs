using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace ToolRuntime.Gateway.Metrics;

/// <summary>
/// Listens to the process's meters and writes what they measured as Prometheus' text, version 0.0.4. Any instrument of a listed meter is taken;
/// meters of another host in the same process are not.
/// </summary>
internal sealed class MetricCollection : IDisposable
{
    /// <summary>What is exported: ours, the process's, and the requests that Kestrel serves.</summary>
    private static readonly string[] Meters = ["ToolRuntime", "System.Runtime", "Microsoft.AspNetCore.Hosting"];

    private readonly ConcurrentDictionary<string, MetricFamily> families = new(StringComparer.Ordinal);
    private readonly Lock writing = new();
    private readonly MeterListener listener = new();
    private readonly IMeterFactory factory;

    public MetricCollection(IMeterFactory factory)
    {
        this.factory = factory;
        listener.InstrumentPublished = Listen;
        listener.SetMeasurementEventCallback<byte>((_, value, tags, family) => Record(family, value, tags));
        listener.SetMeasurementEventCallback<short>((_, value, tags, family) => Record(family, value, tags));
        listener.SetMeasurementEventCallback<int>((_, value, tags, family) => Record(family, value, tags));
        listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Record(family, value, tags));
        listener.SetMeasurementEventCallback<float>((_, value, tags, family) => Record(family, value, tags));
        listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Record(family, value, tags));
        listener.SetMeasurementEventCallback<decimal>((_, value, tags, family) => Record(family, (double)value, tags));
        listener.Start();
    }

    /// <summary>Everything measured so far.</summary>
    public string Write()
    {
        lock (writing)
        {
            foreach (var family in families.Values.Where(family => family.Instrument.IsObservable)) family.Forget();
            listener.RecordObservableInstruments();
            var text = new StringBuilder(16_384);
            foreach (var family in families.Values.OrderBy(family => family.Name, StringComparer.Ordinal)) family.Write(text);
            return text.ToString();
        }
    }

    public void Dispose() => listener.Dispose();

    private void Listen(Instrument instrument, MeterListener target)
    {
        var meter = instrument.Meter;
        if (!Meters.Contains(meter.Name) || (meter.Scope is not null && !ReferenceEquals(meter.Scope, factory))) return;
        var family = MetricKinds.Create(instrument);
        // An instrument that was made twice, by name, is one.
        if (family is not null) target.EnableMeasurementEvents(instrument, families.GetOrAdd(family.Name, family));
    }

    private static void Record(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => ((MetricFamily)family!).Record(value, tags);
}
