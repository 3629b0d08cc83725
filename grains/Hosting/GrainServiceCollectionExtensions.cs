using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using ToolRuntime.Batches;
using ToolRuntime.Jobs;
using ToolRuntime.Messages;
using ToolRuntime.Named;
using ToolRuntime.Notices;
using ToolRuntime.Placement;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;
using ToolRuntime.Shares;
using ToolRuntime.Tools;

namespace ToolRuntime.Hosting;

/// <summary>Registers what the grains need besides a log, tools and models.</summary>
public static class GrainServiceCollectionExtensions
{
    /// <summary>Adds options (sections <c>Sessions</c>, <c>Batches</c>, <c>Replies</c> and <c>Notices</c>) and services of sessions, batches and replies.</summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="environment">The host's whole configuration, for <c>TOOL_EXECUTION_MAX_WAIT</c> (minutes), <c>TOOL_EXECUTION_DEFAULT_TIMEOUT</c> (seconds) and <c>PARALLEL_TOOL_EXECUTION</c>.</param>
    /// <param name="settings">The section <c>ToolRuntime</c>; what it says goes before the environment's.</param>
    public static IServiceCollection AddToolRuntimeGrains(this IServiceCollection services, IConfiguration environment, IConfiguration settings)
    {
        services.AddOptions<BatchOptions>().Configure(batches => Read(batches, environment)).Bind(settings.GetSection("Batches")).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<SessionOptions>().Bind(settings.GetSection("Sessions")).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ModelOptions>().Bind(settings.GetSection("Replies")).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<NoticeOptions>().Bind(settings.GetSection("Notices")).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<JobOptions>().Bind(settings.GetSection("Jobs")).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<WebhookOptions>().Bind(settings.GetSection("Webhooks")).ValidateDataAnnotations()
            .Validate(webhooks => webhooks.AreSecretsUsable, "A secret of ToolRuntime:Webhooks:Secrets is not whsec_ and 24 to 64 bytes in base64.").ValidateOnStart();
        services.AddSingleton<JobRules>();
        services.AddSingleton<ScheduledJobs>();
        services.AddSingleton(static provider => new SecretValues([.. provider.GetRequiredService<IOptions<WebhookOptions>>().Value.Secrets.Values]));
        services.AddSingleton<BatchPlanner>();
        services.AddSingleton<SessionCommands>();
        services.AddSingleton<SessionQuotas>();
        services.AddSingleton<SessionDecider>();
        services.AddSingleton<ModelRuns>();
        services.AddSingleton<ShareRevocation>().AddSingleton<SessionLeftovers>();
        services.AddSingleton<SessionFiles>();
        services.AddSingleton<SessionEdits>();
        services.AddSingleton(static provider => new SiloPools(provider.GetService<SiloPoolNames>(), provider.GetService<Orleans.Runtime.MembershipService.SiloMetadata.ISiloMetadataCache>()));
        services.AddSingleton<SessionPlaces>();
        services.AddSingleton<LocalSessions>();
        services.AddSingleton<SessionSilo>();
        services.AddPlacementDirector<SessionPlacementStrategy, SessionPlacementDirector>();
        return services;
    }

    /// <summary>Adds the tool by which models start, stop and look at named processes.</summary>
    public static IServiceCollection AddNamedProcesses(this IServiceCollection services) => services.AddSingleton<ITool, ProcessTool>();

    /// <summary>Deletes sessions of jobs that are over for a day.</summary>
    public static IServiceCollection AddJobSweep(this IServiceCollection services) => services.AddHostedService<JobSweep>();

    /// <summary>Has the process's times go by a clock that nobody can set; the host's own clock, where it has one, stays.</summary>
    public static IServiceCollection AddSteadyClock(this IServiceCollection services)
    {
        if (services.Any(service => !service.IsKeyedService && service.ImplementationInstance is TimeProvider own && own != TimeProvider.System)) return services;
        services.AddSingleton(new SteadyClock(TimeProvider.System));
        services.AddSingleton<TimeProvider>(provider => provider.GetRequiredService<SteadyClock>());
        return services.AddHostedService<ClockWatch>();
    }

    /// <summary>Wakes open work as soon as the host has started, and when a store works again. May be called again.</summary>
    public static IServiceCollection AddOpenWorkRecovery(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(OpenWorkRecovery))) return services;
        services.TryAddSingleton<StoreHealth>();
        services.AddSingleton<OpenWorkRecovery>();
        return services.AddHostedService(static provider => provider.GetRequiredService<OpenWorkRecovery>());
    }

    private static void Read(BatchOptions batches, IConfiguration environment)
    {
        batches.MaxWait = TimeSpan.FromMinutes(environment.GetValue("TOOL_EXECUTION_MAX_WAIT", batches.MaxWait.TotalMinutes));
        batches.AttemptTimeout = TimeSpan.FromSeconds(environment.GetValue("TOOL_EXECUTION_DEFAULT_TIMEOUT", batches.AttemptTimeout.TotalSeconds));
        if (!environment.GetValue("PARALLEL_TOOL_EXECUTION", true)) batches.MaxParallel = 1;
    }
}
