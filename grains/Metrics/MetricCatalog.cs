using System.Collections.Frozen;
using System.Collections.Immutable;

namespace ToolRuntime.Metrics;

/// <summary>How a series is made of an instrument.</summary>
internal enum MetricKind
{
    /// <summary>What there is at the moment of the sample.</summary>
    Level,

    /// <summary>How much came in a second.</summary>
    Rate,

    /// <summary>How many measurements there were in a second.</summary>
    CountRate,

    /// <summary>The half of what was measured was below it.</summary>
    P50,

    /// <summary>99 of 100 were.</summary>
    P99,
}

/// <summary>A series that is remembered: the sum over the instrument's labels, of those that <paramref name="Counts"/> lets through.</summary>
/// <param name="Name">What it is asked for by.</param>
/// <param name="Unit">Of its values: s, By, 1/s, By/s, 1; empty for what is counted.</param>
/// <param name="Instrument">As Prometheus has it, without suffixes.</param>
/// <param name="Kind">How it is made.</param>
/// <param name="Counts">A label and the value with which a measurement does not count.</param>
internal sealed record MetricDefinition(string Name, string Unit, string Instrument, MetricKind Kind, (string Label, string Not)? Counts = null)
{
    /// <summary>Percentiles of several processes or steps don't add up: the worst is told.</summary>
    public bool IsPercentile => Kind is MetricKind.P50 or MetricKind.P99;

    /// <summary>Whether steps without a measurement have no value.</summary>
    public bool IsLevel => Kind == MetricKind.Level;
}

/// <summary>Every series that is remembered; the same instruments that <c>/metrics</c> has.</summary>
internal static class MetricCatalog
{
    public static ImmutableArray<MetricDefinition> All { get; } =
    [
        new("connections", "", "toolruntime_connections", MetricKind.Level),
        new("sessions.open", "", "toolruntime_open_sessions", MetricKind.Level),
        new("sessions.held", "", "toolruntime_silo_sessions", MetricKind.Level),
        new("executions.running", "", "toolruntime_tool_running", MetricKind.Level),
        new("executions.ended", "1/s", "toolruntime_tool_executions", MetricKind.Rate),
        new("executions.failed", "1/s", "toolruntime_tool_executions", MetricKind.Rate, ("outcome", "completed")),
        new("queue.length", "", "toolruntime_queue_length", MetricKind.Level),
        new("queue.wait.p50", "s", "toolruntime_queue_wait", MetricKind.P50),
        new("queue.wait.p99", "s", "toolruntime_queue_wait", MetricKind.P99),
        new("commands", "1/s", "toolruntime_command_duration", MetricKind.CountRate),
        new("commands.refused", "1/s", "toolruntime_command_duration", MetricKind.CountRate, ("outcome", "ok")),
        new("commands.p50", "s", "toolruntime_command_duration", MetricKind.P50),
        new("commands.p99", "s", "toolruntime_command_duration", MetricKind.P99),
        new("append", "1/s", "toolruntime_log_events_appended", MetricKind.Rate),
        new("append.p50", "s", "toolruntime_log_write_duration", MetricKind.P50),
        new("append.p99", "s", "toolruntime_log_write_duration", MetricKind.P99),
        new("append.failed", "1/s", "toolruntime_log_failed_writes", MetricKind.Rate),
        new("delivery.events", "1/s", "toolruntime_events_sent", MetricKind.Rate),
        new("delivery.bytes", "By/s", "toolruntime_sent", MetricKind.Rate),
        new("delivery.p50", "s", "toolruntime_delivery_duration", MetricKind.P50),
        new("delivery.p99", "s", "toolruntime_delivery_duration", MetricKind.P99),
        new("model", "1/s", "toolruntime_model_duration", MetricKind.CountRate),
        new("model.failed", "1/s", "toolruntime_model_duration", MetricKind.CountRate, ("outcome", "completed")),
        new("model.p50", "s", "toolruntime_model_duration", MetricKind.P50),
        new("model.p99", "s", "toolruntime_model_duration", MetricKind.P99),
        new("process.cpu", "1", "dotnet.process.cpu.time", MetricKind.Rate),
        new("process.memory", "By", "dotnet.process.memory.working_set", MetricKind.Level),
    ];

    private static readonly FrozenDictionary<string, int> ByName = All.Select((one, index) => KeyValuePair.Create(one.Name, index)).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The place of a series in <see cref="All"/>; null for none.</summary>
    public static int? Find(string name) => ByName.TryGetValue(name, out var index) ? index : null;
}
