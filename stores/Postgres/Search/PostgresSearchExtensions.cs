using Microsoft.Extensions.DependencyInjection;
using ToolRuntime.Search;

namespace ToolRuntime.Stores.Postgres;

/// <summary>Registers the search index of a cluster.</summary>
public static class PostgresSearchExtensions
{
    /// <summary>Adds <see cref="ISearchIndex"/> on PostgreSQL. Nothing is connected before it is needed.</summary>
    public static IServiceCollection AddPostgresSearch(this IServiceCollection services, Action<PostgresSearchOptions> configure)
    {
        services.AddOptions<PostgresSearchOptions>().Configure(configure).ValidateDataAnnotations()
            .Validate(static options => PostgresDatabase.Parse(options.ConnectionString) is not null, NoConnectionString)
            .ValidateOnStart();
        services.AddSingleton<ISearchIndex, PostgresSearchIndex>();
        return services;
    }

    /// <summary>What was typed may hold the password, and is not shown.</summary>
    private const string NoConnectionString = "ToolRuntime:SessionSearch:Postgres:ConnectionString is none that Npgsql understands; it takes such as "
        + "Host=db.example.com;Username=toolruntime;Password=..;Database=toolruntime.";
}
