using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ToolRuntime.Processes.History;

/// <summary>The same figures by tool, for Prometheus.</summary>
internal sealed class ProcessMeters
{
    private readonly Counter<double> cpu;
    private readonly Counter<long> output, exits, restarts;
    private readonly ConcurrentDictionary<string, ProcessFigures> now = new(StringComparer.Ordinal);

    public ProcessMeters(IMeterFactory meters)
    {
        var meter = meters.Create("ToolRuntime");
        cpu = meter.CreateCounter<double>("toolruntime_process_cpu", "s", "Processor time of tools' processes.");
        output = meter.CreateCounter<long>("toolruntime_process_output", "By", "Bytes that tools' processes have printed.");
        exits = meter.CreateCounter<long>("toolruntime_process_exits", description: "Executions with processes that ended, by outcome and by what the process's exit says.");
        restarts = meter.CreateCounter<long>("toolruntime_process_restarts", description: "Attempts that followed others, and runs of named processes that did.");
        meter.CreateObservableGauge("toolruntime_processes", () => Measure(figures => figures.Processes), description: "Processes of tools.");
        meter.CreateObservableGauge("toolruntime_process_memory", () => Measure(figures => figures.MemoryBytes), "By", "Their resident memory.");
    }

    /// <summary>Something of the tool runs: from now on it is told how much that is, also where it is nothing.</summary>
    public void Begin(string tool) => now.TryAdd(tool, default);

    public void Add(string tool, long cpuMs, long outputBytes)
    {
        if (cpuMs > 0) cpu.Add(cpuMs / 1_000d, Of(tool));
        if (outputBytes > 0) output.Add(outputBytes, Of(tool));
    }

    public void Add(ProcessMove move)
    {
        if (move.Kind == ProcessMoveKind.Exited) exits.Add(1, Of(move.Tool), new("outcome", move.Outcome), new("exit", ExitOf(move.ExitCode)));
        else restarts.Add(1, Of(move.Tool), new KeyValuePair<string, object?>("kind", move.Kind == ProcessMoveKind.Retried ? "retry" : "process"));
    }

    /// <summary>What runs now.</summary>
    public void Show(IEnumerable<(string Tool, ProcessFigures Figures)> running)
    {
        var next = running.GroupBy(each => each.Tool).ToDictionary(tools => tools.Key, tools => tools.Aggregate(default(ProcessFigures), (sum, each) => sum + each.Figures));
        foreach (var tool in now.Keys.Union(next.Keys)) now[tool] = next.GetValueOrDefault(tool);
    }

    private static string ExitOf(int? code) => code switch
    {
        null => "unknown",
        0 => "zero",
        { } some => ExitSignals.NameOf(some) is null ? "nonzero" : "signal",
    };

    private static KeyValuePair<string, object?> Of(string tool) => new("tool", tool);

    private IEnumerable<Measurement<long>> Measure(Func<ProcessFigures, long> read) => now.Select(tool => new Measurement<long>(read(tool.Value), Of(tool.Key)));
}
