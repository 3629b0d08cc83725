namespace ToolRuntime.Tools.Processes;

/// <summary>What the processes of an attempt are about to take too much of; 0 where nothing counts it.</summary>
/// <param name="Processes">Processes and threads now.</param>
/// <param name="Refused">How often one of them was refused another.</param>
/// <param name="DirtyBytes">Written by them, and not yet on the disk.</param>
internal sealed record ControlGroupPressure(long Processes = 0, long Refused = 0, long DirtyBytes = 0);
