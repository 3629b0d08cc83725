using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace ToolRuntime.Silo.Clustering;

/// <summary>
/// Ends the process at once when Orleans can't go on, above all when the others have declared this silo dead: by itself it would run old
/// timers and buffered calls for
/// another two seconds, beside those who have taken over. Tools end with the process by their watchdogs.
/// </summary>
internal sealed partial class ProcessEnd(ILogger<ProcessEnd> logger) : IFatalErrorHandler
{
    public bool IsUnexpected(Exception exception) => exception is not OperationCanceledException;

    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        // Straight out: the logger's own thread would not get to it.
        Console.Error.WriteLine($"The silo ends at once: {context} {exception?.Message}");
        LogFatal(context, exception);
        using var me = Process.GetCurrentProcess();
        me.Kill();
    }

    [LoggerMessage(1601, LogLevel.Critical, "The silo ends at once: {Context}")]
    private partial void LogFatal(string? context, Exception? exception);
}
