using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime.Hosting;
using Orleans.Storage;
using ToolRuntime.Placement;
using ToolRuntime.Search;
using ToolRuntime.Stores.Postgres;
using ToolRuntime.Stores.Redis;
using ToolRuntime.Stores.Redis.Limits;
using ToolRuntime.Stores.Redis.Results;

namespace ToolRuntime.Silo.Clustering;

/// <summary>The session log of a cluster, and its limits: in its Redis, and where an archive is configured, sessions that are idle for long there.</summary>
internal static class ClusterLog
{
    private const string Archive = "Archive";

    public static IServiceCollection AddClusterLog(this IServiceCollection services, IConfiguration settings, ClusterConnection cluster)
    {
        if (HasArchive(settings)) services.AddPostgresArchive(settings.GetSection(Archive).Bind);
        return services.AddRedisSessionLog(log =>
        {
            log.KeyPrefix = $"{cluster.Options.Id}:";
            settings.GetSection("Redis").Bind(log);
            log.Configuration = cluster.RedisOptions.ToString(includePassword: true);
        })
            .AddRedisLimits(limits => settings.GetSection("Redis:Limits").Bind(limits));
    }

    /// <summary>What silos share besides.</summary>
    public static IServiceCollection AddClusterResults(this IServiceCollection services, IConfiguration settings) =>
        services.AddRedisResults(results => settings.GetSection("Redis:Results").Bind(results));

    /// <summary>Has the silo move its share of the idle sessions.</summary>
    public static IServiceCollection AddSessionArchiver(this IServiceCollection services, IConfiguration settings)
    {
        services.AddOptions<ArchiveOptions>().Bind(settings.GetSection(Archive)).ValidateDataAnnotations().ValidateOnStart();
        if (!HasArchive(settings)) return services;
        services.AddSingleton(provider => new ArchiveShare(provider.GetRequiredService<LocalSessions>().Owns));
        services.AddHostedService<SessionArchiver>();
        return services;
    }

    /// <summary>Has sessions be searchable where a PostgreSQL is configured; silos bring what they log into its index.</summary>
    public static IServiceCollection AddClusterSearch(this IServiceCollection services, IConfiguration settings, bool indexes)
    {
        var section = settings.GetSection(SiloComposition.SearchSection);
        var postgres = section.GetSection(SiloComposition.PostgresSection);
        if (!section.GetValue(nameof(SessionSearchOptions.Enabled), true) || postgres[nameof(PostgresSearchOptions.ConnectionString)] is not { Length: > 0 }) return services;
        services.AddPostgresSearch(postgres.Bind);
        return indexes ? services.AddSearchIndexer(section) : services;
    }

    /// <summary>Keeps snapshots of sessions beside their logs.</summary>
    public static ISiloBuilder AddSessionSnapshots(this ISiloBuilder silo, string name)
    {
        silo.Services.AddGrainStorage(name, static (services, _) =>
            services.GetRequiredService<RedisSessionLog>().SnapshotsBy(services.GetRequiredService<IGrainStorageSerializer>()));
        return silo;
    }

    private static bool HasArchive(IConfiguration settings) => settings[$"{Archive}:{nameof(PostgresArchiveOptions.ConnectionString)}"] is { Length: > 0 };
}
