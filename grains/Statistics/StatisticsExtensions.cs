using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ToolRuntime.Statistics;

/// <summary>Registers what counts how calls of tools go.</summary>
public static class StatisticsExtensions
{
    /// <summary>
    /// Adds the counting (section <c>Statistics</c>) to a silo that has runners and the grain storage <see cref="GrainStates.Storage"/>. Before the runners,
    /// so that it ends after them.
    /// </summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="settings">The section <c>ToolRuntime</c>.</param>
    public static IServiceCollection AddToolStatistics(this IServiceCollection services, IConfiguration settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        services.AddOptions<StatisticsOptions>().Bind(settings.GetSection("Statistics")).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<StatisticsRecorder>().AddSingleton<StatisticsLifetime>();
        services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => provider.GetRequiredService<StatisticsLifetime>());
        return services.AddHostedService(provider => provider.GetRequiredService<StatisticsLifetime>());
    }
}
