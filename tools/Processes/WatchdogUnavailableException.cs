namespace ToolRuntime.Tools.Processes;

/// <summary>No process may be started, since nothing would end it if the silo died.</summary>
internal sealed class WatchdogUnavailableException(Exception inner) : Exception("The process watchdog can't be started.", inner);
