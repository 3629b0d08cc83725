namespace ToolRuntime.Tools.Processes;

/// <summary>How much of the processors a control group gets beside others.</summary>
internal enum ControlGroupPace
{
    /// <summary>As much as any other.</summary>
    Usual,

    /// <summary>A tenth of that, where others want the rest.</summary>
    Yielding,

    /// <summary>The same, and a tenth of one processor at most.</summary>
    Braked,
}
