using Microsoft.Extensions.Logging;

namespace ToolRuntime.Silo.Hosting;

/// <summary>One line an event, the framework's own only from warnings on.</summary>
internal static class ConciseConsole
{
    public static void AddConciseConsole(this ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss "));
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Orleans", LogLevel.Warning);
        // Its warnings at start are about server GC, which is off on purpose.
        logging.AddFilter("Orleans.Runtime.Silo", LogLevel.Error);
        // At its first look it takes the machine's uptime for a stall.
        logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        logging.AddFilter("Polly", LogLevel.Warning);
        // What stops the host is thrown as well, and said by Program.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
    }
}
