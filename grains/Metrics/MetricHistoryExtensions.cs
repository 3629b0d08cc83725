using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ToolRuntime.Metrics;

/// <summary>Registers what remembers metrics.</summary>
public static class MetricHistoryExtensions
{
    /// <summary>Has the process remember what it measures. May be called again.</summary>
    public static IServiceCollection AddMetricHistory(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.Any(service => service.ServiceType == typeof(MetricHistory))) return services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<MetricHistoryOptions>().BindConfiguration(MetricHistoryOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddMetrics().AddSingleton<MetricHistory>();
        return services.AddHostedService(static provider => provider.GetRequiredService<MetricHistory>());
    }

    /// <summary>Has a silo of a cluster answer what it remembers, and ask the others.</summary>
    public static ISiloBuilder AddMetricHistory(this ISiloBuilder silo)
    {
        ArgumentNullException.ThrowIfNull(silo);
        silo.Services.AddMetricHistory().AddSingleton<MetricHistories>();
        return silo.AddGrainService<MetricHistoryService>();
    }
}
