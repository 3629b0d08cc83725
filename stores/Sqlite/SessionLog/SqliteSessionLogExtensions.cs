using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>Registers the session log of one process.</summary>
public static class SqliteSessionLogExtensions
{
    /// <summary>
    /// Adds <see cref="ISessionLog"/> on a SQLite file. The host fails to start, with a message that says why, when the data folder is in use
    /// by another process or can't be used.
    /// </summary>
    public static IServiceCollection AddSqliteSessionLog(this IServiceCollection services, Action<SqliteSessionLogOptions>? configure = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<SqliteSessionLogOptions>().Configure(configure ?? (_ => { })).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton<StoreHealth>();
        services.TryAddSingleton<StoreMetrics>();
        services.AddSingleton<ISessionLog, SqliteSessionLog>();
        services.Insert(0, ServiceDescriptor.Singleton<IHostedService, Opener>());
        return services;
    }

    /// <summary>Opens the file before anything else of the host starts.</summary>
    private sealed class Opener(IServiceProvider services) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            services.GetRequiredService<ISessionLog>();
            services.GetService<StoreMetrics>();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
