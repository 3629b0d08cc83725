using ToolRuntime.Hosting;
using ToolRuntime.Sessions;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Tools;
using ToolRuntime.Views;

namespace ToolRuntime.Named;

/// <summary>Stopping a run by its own signal and grace. Its runner does that; one that does not is cancelled after it.</summary>
internal static class NamedStops
{
    public const int GraceMs = 10_000;

    /// <summary>What a runner may take beyond the grace to end what was killed.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    /// <summary>When its execution is cancelled.</summary>
    public static DateTimeOffset GivenUpAt(NamedProcess process) =>
        (process.StoppingAt ?? DateTimeOffset.MinValue) + TimeSpan.FromMilliseconds(process.Definition.Stop?.GraceMs ?? GraceMs) + Margin;

    /// <summary>Tells the runner, which may be told as often as one likes; where none is there yet, it is told the next time.</summary>
    public static async Task TellAsync(IGrainFactory grains, SessionKey session, ExecutionState execution)
    {
        if (execution.Status != ExecutionStatus.Executing || execution.Ending is not null) return;
        await grains.ReferenceTo<IToolExecutionGrain>(execution.KeyOf(session)).ControlAsync(execution.Attempt, new TerminalControl(Stop: true));
    }
}
