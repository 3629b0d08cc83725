using Microsoft.Extensions.DependencyInjection;
using ToolRuntime.Search;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>Registers the search index of one process.</summary>
public static class SqliteSearchExtensions
{
    /// <summary>Adds <see cref="ISearchIndex"/> on a SQLite file of its own. Nothing is opened before it is needed.</summary>
    public static IServiceCollection AddSqliteSearch(this IServiceCollection services, Action<SqliteSearchOptions> configure)
    {
        services.AddOptions<SqliteSearchOptions>().Configure(configure).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ISearchIndex, SqliteSearchIndex>();
        return services;
    }
}
