using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ToolRuntime.Engine.Hosting;

/// <summary>The clock of each area: the one registered under its name, else the container's, else the system's.</summary>
internal static class Clocks
{
    public static void TryAddClocks(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        foreach (var area in TimeProviderNames.BackgroundAreas.Append(TimeProviderNames.Grains))
            services.TryAddKeyedSingleton(area, static (services, _) => services.GetRequiredService<TimeProvider>());
    }

    public static TimeProvider GetClock(this IServiceProvider services, string area) => services.GetRequiredKeyedService<TimeProvider>(area);
}
