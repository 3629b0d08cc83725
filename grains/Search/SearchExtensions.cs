using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ToolRuntime.Placement;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Search;

/// <summary>Has sessions be searchable.</summary>
internal static class SearchExtensions
{
    /// <summary>Adds the indexer, and puts it behind the log that is registered. Needs an <see cref="ISearchIndex"/>.</summary>
    public static IServiceCollection AddSearchIndexer(this IServiceCollection services, IConfiguration section)
    {
        services.AddOptions<SessionSearchOptions>().Bind(section).ValidateDataAnnotations().ValidateOnStart();
        var log = services.Last(service => service.ServiceType == typeof(ISessionLog));
        services.Remove(log);
        services.AddSingleton<SearchNews>().AddSingleton<SearchComparison>().AddSingleton<SearchIndexer>();
        services.AddSingleton(provider => new SearchShare(provider.GetRequiredService<LocalSessions>().Owns));
        services.AddSingleton<ISessionLog>(provider => new SearchedSessionLog(
            (ISessionLog)(log.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, log.ImplementationType!)),
            provider.GetRequiredService<ISearchIndex>(),
            provider.GetRequiredService<SearchNews>()));
        services.AddHostedService(provider => provider.GetRequiredService<SearchIndexer>());
        return services;
    }
}
