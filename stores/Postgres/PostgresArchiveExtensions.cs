using Microsoft.Extensions.DependencyInjection;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Postgres;

/// <summary>Registers the archive of idle sessions.</summary>
public static class PostgresArchiveExtensions
{
    /// <summary>Adds <see cref="ISessionArchive"/> on PostgreSQL. Nothing is connected before it is needed.</summary>
    public static IServiceCollection AddPostgresArchive(this IServiceCollection services, Action<PostgresArchiveOptions> configure)
    {
        services.AddOptions<PostgresArchiveOptions>().Configure(configure).ValidateDataAnnotations()
            .Validate(static options => PostgresDatabase.Parse(options.ConnectionString) is not null, PostgresDatabase.NoConnectionString)
            .ValidateOnStart();
        services.AddSingleton<PostgresArchive>();
        services.AddSingleton<ISessionArchive>(provider => provider.GetRequiredService<PostgresArchive>());
        return services;
    }
}
