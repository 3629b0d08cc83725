namespace ToolRuntime.Tools.Processes;

/// <summary>What the processes of an attempt took, and which limits they met; what the host does not count is null.</summary>
/// <param name="PeakMemoryBytes">The most memory at a time; of several processes together in a control group, else of the largest.</param>
/// <param name="CpuMs">Processor time of all.</param>
/// <param name="MemoryLimitMet">Whether one of them was killed for the memory of all.</param>
/// <param name="Refused">How often one of them was refused another process.</param>
internal sealed record ProcessCosts(long? PeakMemoryBytes = null, long? CpuMs = null, bool MemoryLimitMet = false, long Refused = 0);
