using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ToolRuntime.Silo;

/// <summary>
/// While the host stops, Orleans logs an error for each wake-up that finds its grain gone, and for each grain that finds no other silo to go to.
/// Both are what stopping is: the wake-ups are repeated at the next start, from the log. An operator is not to take them for faults.
/// </summary>
internal sealed class QuietStop
{
    private static readonly string[] Categories = ["Orleans.Messaging", "Orleans.Grain"];

    private volatile bool stopping;

    public static void Add(IHostApplicationBuilder host)
    {
        var quiet = new QuietStop();
        host.Services.AddHostedService(services => new Watch(quiet, services.GetRequiredService<IHostApplicationLifetime>()));
        foreach (var category in Categories) host.Logging.AddFilter(category, quiet.IsLogged);
    }

    private bool IsLogged(LogLevel level) => level >= (stopping ? LogLevel.Critical : LogLevel.Warning);

    private sealed class Watch(QuietStop quiet, IHostApplicationLifetime lifetime) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.ApplicationStopping.Register(() => quiet.stopping = true);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
