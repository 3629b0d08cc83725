using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ToolRuntime.Batches;
using ToolRuntime.Messages;
using ToolRuntime.Sessions;

namespace ToolRuntime.Hosting;

/// <summary>Registers what the grains need besides a log, tools and models.</summary>
public static class GrainServiceCollectionExtensions
{
    /// <summary>Adds options (sections <c>Batches</c> and <c>Replies</c>) and services of sessions, batches and replies.</summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="configuration">The section <c>ToolRuntime</c>.</param>
    public static IServiceCollection AddToolRuntimeGrains(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<BatchOptions>().Bind(configuration.GetSection("Batches")).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ModelOptions>().Bind(configuration.GetSection("Replies")).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<BatchPlanner>();
        services.AddSingleton<SessionCommands>();
        services.AddSingleton<SessionDecider>();
        services.AddSingleton<ModelRuns>();
        return services;
    }

    /// <summary>Wakes open work as soon as the host has started; for a silo that is alone.</summary>
    public static IServiceCollection AddOpenWorkRecovery(this IServiceCollection services) => services.AddHostedService<OpenWorkRecovery>();
}
