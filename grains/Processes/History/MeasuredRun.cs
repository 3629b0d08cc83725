namespace ToolRuntime.Processes.History;

/// <summary>A run of a command from its begin to its end: what of it has been counted already.</summary>
/// <param name="use">What is asked.</param>
/// <param name="tenant">Where it counts; null where there was no room.</param>
/// <param name="line">Likewise.</param>
internal sealed class MeasuredRun(ProcessUse use, TenantLine? tenant, ExecutionLine? line)
{
    private long cpuMs, outputBytes;

    public ProcessUse Use => use;

    public TenantLine? Tenant => tenant;

    public ExecutionLine? Line => line;

    /// <summary>Counts what came since the last time. What is known of processor time never becomes less: a child that nobody waited for takes its own with it.</summary>
    /// <returns>How much that was.</returns>
    public (long CpuMs, long OutputBytes) Take(long? cpu, ProcessFigures? found)
    {
        var (spent, printed) = (Math.Max(cpuMs, cpu ?? 0), use.OutputBytes);
        var (newCpu, newOutput) = (spent - cpuMs, printed - outputBytes);
        (cpuMs, outputBytes) = (spent, printed);
        line?.Add(newCpu, newOutput, found);
        tenant?.Add(newCpu, newOutput, found);
        return (newCpu, newOutput);
    }
}
