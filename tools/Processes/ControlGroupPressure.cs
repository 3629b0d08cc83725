namespace ToolRuntime.Tools.Processes;

/// <summary>How near the processes of an attempt are to their limit; 0 where nothing counts them.</summary>
/// <param name="Processes">Processes and threads now.</param>
/// <param name="Refused">How often one of them was refused another.</param>
internal sealed record ControlGroupPressure(long Processes = 0, long Refused = 0);
