using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Text.Json;
using ToolRuntime.Gateway.Telemetry;
using ToolRuntime.Tracing;

namespace ToolRuntime.Gateway.Commands;

/// <summary>How long commands take from their arrival to their answer, and how they end.</summary>
internal sealed class CommandMetrics(GatewayMeter gateway, TimeProvider time)
{
    private static readonly FrozenSet<string> Known = CommandParser.KnownTypes.Concat(CommandDispatcher.OwnTypes).ToFrozenSet();
    private static readonly FrozenDictionary<ErrorCode, string> Outcomes = Enum.GetValues<ErrorCode>()
        .ToFrozenDictionary(code => code, code => JsonNamingPolicy.SnakeCaseLower.ConvertName(code.ToString()));

    private readonly Histogram<double> duration = gateway.Meter.CreateHistogram<double>(
        "toolruntime_command_duration",
        "s",
        "Time from a command's arrival to its answer, by type, transport and outcome (ok or the error's code).",
        advice: HistogramBuckets.Seconds);

    public long Begin() => time.GetTimestamp();

    /// <summary>
    /// Counts an answered command. A type that the protocol does not have is <c>unknown</c>: what clients send names no series.
    /// </summary>
    public void End(long began, string? type, string transport, ErrorCode? error)
    {
        if (!duration.Enabled) return;
        duration.Record(
            time.GetElapsedTime(began).TotalSeconds,
            new("type", type is not null && Known.TryGetValue(type, out var known) ? known : "unknown"),
            new("transport", transport),
            new("outcome", error is { } code ? Outcomes[code] : "ok"));
    }
}
