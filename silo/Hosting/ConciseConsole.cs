using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace ToolRuntime.Silo.Hosting;

/// <summary>One line an event, for people or as JSON with its scopes; the framework's own only from warnings on.</summary>
internal static class ConciseConsole
{
    public static void AddConciseConsole(this ILoggingBuilder logging, IConfiguration settings)
    {
        logging.ClearProviders();
        var json = settings.GetSection(LogOptions.Section).Get<LogOptions>() is { Format: LogFormat.Json };
        if (json) logging.AddJsonConsole(console => (console.IncludeScopes, console.UseUtcTimestamp, console.TimestampFormat) = (true, true, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"));
        else logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss "));
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Orleans", LogLevel.Warning);
        // Its warnings at start are about server GC, which is off on purpose.
        logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error);
        // At its first look it takes the machine's uptime for a stall.
        logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        logging.AddFilter("Polly", LogLevel.Warning);
        // Orleans' grain services log their beginning under the names of our classes.
        logging.AddFilter("ToolRuntime.Recovery.StoreWitness", LogLevel.Warning);
        logging.AddFilter("ToolRuntime.Processes.ProcessReporter", LogLevel.Warning);
        logging.AddFilter("ToolRuntime.Metrics.MetricHistoryService", LogLevel.Warning);
        // What stops the host is thrown as well, and said by Program.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
    }
}
