namespace ToolRuntime.Tools.Processes;

/// <summary>
/// What becomes of an attempt by what is seen of it, look by look. One that comes near its limit of processes yields to others; one that is refused processes, or fills its workspace faster
/// than a disk keeps up with, is braked; one that goes on is ended.
/// </summary>
internal sealed class PressureRules(ProcessOptions options, ControlGroupLimits limits)
{
    /// <summary>Refused so often, it is no program that makes do with less.</summary>
    public const int ManyRefusals = 100;

    /// <summary>Bytes a second from which on others' commits wait for what it writes.</summary>
    public const long Flood = 256L << 20;

    // Braked, it still writes more than this if it has more to write.
    private const long Ebb = 32L << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // What was refused before so long a time without is forgotten.
    private static readonly TimeSpan Forgotten = TimeSpan.FromSeconds(10);

    private long refused;
    private long forgotten;
    private TimeSpan? refusedSince;
    private TimeSpan refusedLast;
    private TimeSpan last;
    private long? size;

    /// <summary>What its control group is to be set to.</summary>
    public ControlGroupPace Pace { get; private set; }

    /// <summary>Whether the next look is to come soon.</summary>
    public bool IsBusy { get; private set; } = true;

    /// <summary>How much of the workspace has to be counted: all where it may have been too large before.</summary>
    public long Enough => size is { } known ? Math.Max(options.MaxWorkspaceBytes, known + 1) : long.MaxValue;

    /// <summary>Takes one look into account.</summary>
    /// <param name="seen">What its control group says.</param>
    /// <param name="bytes">What its workspace takes; null if that is of no interest.</param>
    /// <param name="now">On a clock that never goes back.</param>
    public PressureVerdict Judge(ControlGroupPressure seen, long? bytes, TimeSpan now)
    {
        var (more, grown) = (seen.Refused > refused, bytes - size ?? 0);
        if (refusedSince is not null && now - refusedLast >= Forgotten) (refusedSince, forgotten) = (null, refused);
        // Once may be a program that makes do with less; one that goes on trying does not.
        var goesOn = more && refusedSince is { } first && (seen.Refused - forgotten >= ManyRefusals || now - first >= Patience);
        if (more) (refusedSince, refusedLast) = (refusedSince ?? now, now);
        // What was too large when it began may be what it puts right.
        var fills = size is not null && grown > 0 && bytes >= options.MaxWorkspaceBytes;
        var rate = grown / Math.Max((now - last).TotalSeconds, 0.001);
        var crowded = seen.Processes * 2 >= limits.Processes;
        var braked = more || rate >= Flood || (Pace == ControlGroupPace.Braked && (rate >= Ebb || (refused > forgotten && crowded)));
        (refused, size, last) = (seen.Refused, bytes, now);
        Pace = braked ? ControlGroupPace.Braked : crowded ? ControlGroupPace.Yielding : ControlGroupPace.Usual;
        IsBusy = braked || rate >= Ebb || seen.Processes * 4 >= limits.Processes;
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
