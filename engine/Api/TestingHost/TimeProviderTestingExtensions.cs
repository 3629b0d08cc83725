using Microsoft.Extensions.DependencyInjection;

namespace Orleans.TestingHost;

public static class TimeProviderTestingExtensions
{
    /// <summary>Gives everything but grain timers this clock, so that a fake one in the container drives only them.</summary>
    public static IServiceCollection UseTimeProviderForBackgroundAreas(this IServiceCollection services, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(timeProvider);
        foreach (var area in TimeProviderNames.BackgroundAreas)
            services.AddKeyedSingleton(area, timeProvider);
        return services;
    }
}
