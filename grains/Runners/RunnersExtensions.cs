using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ToolRuntime.Blobs;
using ToolRuntime.Hosting;
using ToolRuntime.Limiting;
using ToolRuntime.Placement;
using ToolRuntime.Runners.Blobs;
using ToolRuntime.Runners.Copies;
using ToolRuntime.Runners.Policies;
using ToolRuntime.Tools;
using ToolRuntime.Usage;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Runners;

/// <summary>Registers what runs tools on a silo.</summary>
public static class RunnersExtensions
{
    /// <summary>What takes secrets out of texts: the <see cref="IRedactor"/>.</summary>
    public static IServiceCollection AddSecretRedaction(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => Redactor.FromEnvironment(provider.GetRequiredService<IOptions<RunnerOptions>>().Value, provider.GetServices<SecretValues>()));
        services.TryAddSingleton<IRedactor>(provider => provider.GetRequiredService<Redactor>());
        return services;
    }

    /// <summary>
    /// Adds the runner host, the catalogue of all registered <see cref="ITool"/> and <see cref="IToolSource"/>, and their policies. When the host stops, attempts
    /// have <see cref="RunnerOptions.GraceSeconds"/> to end; then they are ended. Policies are <see cref="ToolPolicyOptions"/>, named like the tool.
    /// </summary>
    public static IServiceCollection AddToolRunners(
        this IServiceCollection services, Action<RunnerOptions>? configure = null, Action<WorkspaceOptions>? workspaces = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<RunnerOptions>().Configure(configure ?? (_ => { })).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<WorkspaceOptions>().Configure(workspaces ?? (_ => { })).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<ToolCacheOptions>().ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<ToolPolicyOptions>>(new DataAnnotationValidateOptions<ToolPolicyOptions>(name: null));
        services.AddMetrics();
        services.AddSingleton<ToolMeter>().AddSingleton<ToolPolicies>().AddSingleton<ResultCache>().AddSingleton<ToolCalls>();
        services.AddOptions<ToolAliasOptions>().Validate(aliases => aliases.Fault() is null, "A name of ToolRuntime:Aliases stands for another one, or is none that a tool can have.").ValidateOnStart();
        services.AddSingleton<ToolAliases>().AddSingleton<ToolCatalog>();
        services.AddSingleton(provider => new FallbackChains(
            provider.GetRequiredService<ToolCatalog>(),
            tool => provider.GetRequiredService<ToolPolicies>().For(tool).Options.Fallback,
            provider.GetRequiredService<ILogger<FallbackChains>>()));
        services.AddHostedService(provider => provider.GetRequiredService<FallbackChains>());
        services.AddSingleton<WorkspaceMeter>();
        services.AddSingleton(CreateWorkspaces);
        services.AddSingleton<WorkspaceEdits>();
        services.AddSingleton(provider => new BlobPublisher(provider.GetService<IBlobStore>()));
        services.AddSecretRedaction();
        services.TryAddSingleton<IUseLimits, MemoryUseLimits>();
        services.AddSingleton<ExecutionShares>();
        services.AddSingleton(provider => new RunnerParts(
            provider.GetRequiredService<ToolCalls>(),
            provider.GetRequiredService<Workspaces>(),
            provider.GetRequiredService<BlobPublisher>(),
            provider.GetRequiredService<Redactor>(),
            provider.GetRequiredService<IOptions<RunnerOptions>>().Value,
            provider.GetRequiredService<ToolMeter>(),
            provider.GetRequiredService<SiloWork>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ToolRunner>>(),
            provider.GetService<UsageLedger>()));
        services.AddSingleton<SiloWork>();
        services.AddSingleton<RunnerHost>();
        services.AddHostedService<Lifetime>();
        return services;
    }

    private static Workspaces CreateWorkspaces(IServiceProvider provider)
    {
        var (options, meter) = (provider.GetRequiredService<IOptions<WorkspaceOptions>>(), provider.GetRequiredService<WorkspaceMeter>());
        if (provider.GetService<IWorkspaceStore>() is not { } store) return new(options);
        return new(options, new(new(
            store,
            options.Value,
            provider.GetRequiredService<LocalSessions>(),
            meter,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<WorkspaceCopy>>())));
    }

    /// <summary>
    /// Wrong tools and policies fail the start; runners stop before anything else does, since they still want to report until then.
    /// After a signal the host is stopping before it asks to; whoever stops it by a call asks first.
    /// </summary>
    private sealed class Lifetime(ToolCalls calls, RunnerParts parts, RunnerHost runners, SiloWork work, IOptions<RunnerOptions> options, IHostApplicationLifetime host)
        : IHostedLifecycleService
    {
        public async Task StartingAsync(CancellationToken cancellationToken)
        {
            calls.Check(parts.Workspaces.AreCopies);
            await parts.Workspaces.CheckAsync(cancellationToken);
            await parts.Blobs.CheckAsync(cancellationToken);
        }

        public Task StartAsync(CancellationToken cancellationToken)
        {
            if (!options.Value.EndWithSilo) host.ApplicationStopping.Register(work.Close);
            return Task.CompletedTask;
        }

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task StoppingAsync(CancellationToken cancellationToken)
        {
            host.StopApplication();
            if (options.Value.EndWithSilo) return;
            await work.DrainAsync(TimeSpan.FromSeconds(options.Value.GraceSeconds), cancellationToken);
            await runners.StopAsync();
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
