namespace ToolRuntime.Stores.Redis;

/// <summary>What was asked for needs a log that is in the archive; nothing was done.</summary>
internal sealed class LogArchivedException() : Exception("The log is in the archive.");
