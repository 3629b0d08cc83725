namespace ToolRuntime.Tools.Processes;

/// <summary>
/// What becomes of an attempt by what is seen of it, look by look. One that comes near its limit of processes yields to others; one that is refused processes, or has written faster than the
/// disk, is braked; one that goes on is ended.
/// </summary>
internal sealed class PressureRules(ProcessOptions options, ControlGroupLimits limits)
{
    /// <summary>Refused so often, it is no program that makes do with less.</summary>
    public const int ManyRefusals = 100;

    /// <summary>Written and not on the disk yet: from here on others' commits wait for it.</summary>
    public const long MuchDirty = 64L << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private long refused;
    private TimeSpan? refusedSince;
    private long? size;
    private bool wasFull;

    /// <summary>What its control group is to be set to.</summary>
    public ControlGroupPace Pace { get; private set; }

    /// <summary>Whether the next look is to come soon.</summary>
    public bool IsBusy { get; private set; } = true;

    /// <summary>How much of the workspace has to be counted.</summary>
    public long Enough => size is null ? long.MaxValue : Math.Max(options.MaxWorkspaceBytes, size.Value + 1);

    /// <summary>Takes one look into account.</summary>
    /// <param name="seen">What its control group says.</param>
    /// <param name="bytes">What its workspace takes; null if that is of no interest.</param>
    /// <param name="now">On a clock that never goes back.</param>
    public PressureVerdict Judge(ControlGroupPressure seen, long? bytes, TimeSpan now)
    {
        var (more, grown) = (seen.Refused > refused, bytes - size ?? 0);
        var first = refusedSince ??= seen.Refused > 0 ? now : null;
        var goesOn = more && refused > 0 && (seen.Refused >= ManyRefusals || now - first >= Patience);
        // What was full before it began may be what it puts right.
        var full = bytes >= options.MaxWorkspaceBytes && bytes > 0;
        var fills = full && (size is null ? false : !wasFull || grown > 0);
        var crowded = limits.Processes is { } most && seen.Processes >= Math.Max(most / 2, 1);
        (refused, size, wasFull) = (seen.Refused, bytes, full);
        Pace = more || seen.DirtyBytes >= MuchDirty || (Pace == ControlGroupPace.Braked && (crowded || seen.DirtyBytes >= MuchDirty / 2))
            ? ControlGroupPace.Braked
            : crowded ? ControlGroupPace.Yielding : ControlGroupPace.Usual;
        IsBusy = Pace != ControlGroupPace.Usual || grown >= MuchDirty / 4 || seen.DirtyBytes >= MuchDirty / 4 || seen.Processes * 4 >= limits.Processes;
        return goesOn ? PressureVerdict.TooManyProcesses : fills ? PressureVerdict.TooLarge : PressureVerdict.None;
    }
}

/// <summary>Whether an attempt goes on.</summary>
internal enum PressureVerdict
{
    /// <summary>It does.</summary>
    None,

    /// <summary>It goes on being refused processes.</summary>
    TooManyProcesses,

    /// <summary>It has filled its workspace.</summary>
    TooLarge,
}
