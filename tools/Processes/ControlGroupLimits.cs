using System.Globalization;

namespace ToolRuntime.Tools.Processes;

/// <summary>What a control group may hold its processes to; null where there is no limit.</summary>
internal sealed record ControlGroupLimits(long? MemoryBytes = null, int? Processes = null, double? Processors = null)
{
    private const int PeriodMicroseconds = 100_000;

    // So short that who waits for something that a braked process holds waits a hundredth of a second at most, on kernels before 6.18.
    private const int BrakePeriod = 10_000;
    private const int BrakeQuota = 1_000;

    public static ControlGroupLimits Of(ProcessOptions options) => new(
        options.MaxMemoryBytes == 0 ? null : Math.Max(options.MaxMemoryBytes, 16 << 20),
        options.MaxProcesses == 0 ? null : options.MaxProcesses,
        options.MaxProcessors == 0 ? null : options.MaxProcessors);

    /// <summary>The files of a group to be written for a controller, those that it need not have last.</summary>
    public IEnumerable<(string File, string Value, bool Optional)> Of(string controller, int version) => (controller, version) switch
    {
        ("memory", 1) when MemoryBytes is { } bytes => [("memory.limit_in_bytes", Text(bytes), false), ("memory.memsw.limit_in_bytes", Text(bytes), true)],
        ("memory", 2) when MemoryBytes is { } bytes => [("memory.max", Text(bytes), false), ("memory.swap.max", "0", true), ("memory.oom.group", "1", true)],
        ("pids", _) when Processes is { } count => [("pids.max", Text(count), false)],
        ("cpu", 1) when Processors is { } count => [("cpu.cfs_period_us", Text(PeriodMicroseconds), true), ("cpu.cfs_quota_us", Text(Quota(count)), false)],
        ("cpu", 2) when Processors is { } count => [("cpu.max", $"{Quota(count)} {PeriodMicroseconds}", false)],
        _ => [],
    };

    /// <summary>What the group of all attempts is to hold, so that the server comes before its tools.</summary>
    public static (string File, string Value) OfAll(int version) => version == 1 ? ("cpu.shares", "512") : ("cpu.weight", "50");

    /// <summary>What a group of the controller <c>cpu</c> is to hold for a pace; what the kernel does not know is left out by who writes it.</summary>
    public IEnumerable<(string File, string Value)> Of(ControlGroupPace pace, int version)
    {
        var (usual, braked) = (pace == ControlGroupPace.Usual, pace == ControlGroupPace.Braked);
        var (quota, period) = braked ? (Text(BrakeQuota), BrakePeriod) : (Processors is { } count ? Text(Quota(count)) : null, PeriodMicroseconds);
        return version == 1
            ? [("cpu.shares", usual ? "1024" : "102"), ("cpu.cfs_quota_us", "-1"), ("cpu.cfs_period_us", Text(period)), ("cpu.cfs_quota_us", quota ?? "-1")]
            : [("cpu.weight", usual ? "100" : "10"), ("cpu.max", $"{quota ?? "max"} {period}")];
    }

    private static long Quota(double processors) => Math.Max(1_000, (long)(processors * PeriodMicroseconds));

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
