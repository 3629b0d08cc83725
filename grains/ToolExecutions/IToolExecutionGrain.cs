using Orleans.Concurrency;
using ToolRuntime.Runners;
using ToolRuntime.Tools;

namespace ToolRuntime.ToolExecutions;

/// <summary>
/// Drives one execution: waits for what its attempt needs, runs it, and tells the session what happens. Key
/// <c>tenant/session/execution</c>.
/// </summary>
[Alias("toolruntime.IToolExecutionGrain")]
internal interface IToolExecutionGrain : IGrainWithStringKey
{
    /// <summary>Look at the state and do what is due. Doing it twice does no harm.</summary>
    [Alias("Wake"), OneWay]
    Task WakeAsync(ExecutionState state);

    /// <summary>
    /// The same from an activation that has left for another silo; answered at once. False: this is still the one that leaves, and the caller asks again.
    /// </summary>
    [Alias("TakeOver"), ResponseTimeout("00:00:05")]
    Task<bool> TakeOverAsync(ExecutionState state);

    /// <summary>The runner of an attempt is alive.</summary>
    [Alias("Heartbeat"), OneWay]
    Task HeartbeatAsync(int attempt);

    /// <summary>Cancels whatever attempt runs and returns when nothing of it runs any more, or after 10 s.</summary>
    [Alias("Stop"), ResponseTimeout("00:00:15")]
    Task StopAsync();

    /// <summary>Types into an attempt that runs in this silo.</summary>
    [Alias("WriteInput"), ResponseTimeout("00:00:05")]
    Task<InputOutcome> WriteInputAsync(int attempt, InputWrite write);

    /// <summary>Resizes, or signals, the terminal of an attempt that runs in this silo.</summary>
    [Alias("Control"), ResponseTimeout("00:00:05")]
    Task<InputOutcome> ControlAsync(int attempt, TerminalControl control);
}
