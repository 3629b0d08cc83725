namespace ToolRuntime.Silo.Hosting;

/// <summary>The process will not start as it is configured.</summary>
internal sealed class StartupRefusedException(string message, Exception? inner = null) : Exception(message, inner);
