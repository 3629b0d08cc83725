using System.Globalization;

namespace ToolRuntime.Load.Figures;

/// <summary>One line of the report: a distribution (<c>P50</c> ..) or a single <c>Value</c>, with its target if it has one.</summary>
internal sealed record Figure
{
    public required string Scenario { get; init; }
    public required string Name { get; init; }
    public string Unit { get; init; } = "ms";
    public int? Count { get; init; }
    public double? P50 { get; init; }
    public double? P99 { get; init; }
    public double? Max { get; init; }
    public double? Value { get; init; }
    public string? Target { get; init; }
    public bool? Ok { get; init; }

    /// <summary>A distribution of latencies, with upper bounds.</summary>
    public static Figure Latency(string scenario, string name, Samples samples, double? p50 = null, double? p99 = null)
    {
        var bounds = new List<string>(2);
        if (p50 is not null) bounds.Add(string.Create(CultureInfo.InvariantCulture, $"p50 ≤ {p50}"));
        if (p99 is not null) bounds.Add(string.Create(CultureInfo.InvariantCulture, $"p99 ≤ {p99}"));
        return new()
        {
            Scenario = scenario,
            Name = name,
            Count = samples.Count,
            P50 = samples.At(0.5),
            P99 = samples.At(0.99),
            Max = samples.Max,
            Target = bounds.Count > 0 ? string.Join(", ", bounds) : null,
            Ok = bounds.Count > 0 ? samples.Count > 0 && !(samples.At(0.5) > p50) && !(samples.At(0.99) > p99) : null,
        };
    }

    /// <summary>One number, with a bound or without.</summary>
    public static Figure Single(string scenario, string name, double value, string unit, double? atLeast = null, double? atMost = null) => new()
    {
        Scenario = scenario,
        Name = name,
        Value = value,
        Unit = unit,
        Target = (atLeast, atMost) switch
        {
            ({ } least, _) => string.Create(CultureInfo.InvariantCulture, $"≥ {least}"),
            (_, { } most) => string.Create(CultureInfo.InvariantCulture, $"≤ {most}"),
            _ => null,
        },
        Ok = atLeast is null && atMost is null ? null : !(value < atLeast) && !(value > atMost),
    };

    public static Figure Failed(string scenario, string why) => new() { Scenario = scenario, Name = $"failed: {why}", Unit = "", Ok = false };
}
