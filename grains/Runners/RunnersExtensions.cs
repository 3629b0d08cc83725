using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ToolRuntime.Tools;

namespace ToolRuntime.Runners;

/// <summary>Registers what runs tools on a silo.</summary>
public static class RunnersExtensions
{
    /// <summary>Adds the runner host and the catalogue of all registered <see cref="ITool"/> and <see cref="IToolSource"/>. Attempts are ended when the host begins to stop.</summary>
    public static IServiceCollection AddToolRunners(
        this IServiceCollection services, Action<RunnerOptions>? configure = null, Action<WorkspaceOptions>? workspaces = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddOptions<RunnerOptions>().Configure(configure ?? (_ => { })).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<WorkspaceOptions>().Configure(workspaces ?? (_ => { })).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ToolCatalog>();
        services.AddSingleton<Workspaces>();
        services.AddSingleton(provider => Redactor.FromEnvironment(provider.GetRequiredService<IOptions<RunnerOptions>>().Value, provider.GetServices<SecretValues>()));
        services.AddSingleton<IRedactor>(provider => provider.GetRequiredService<Redactor>());
        services.AddSingleton<ExecutionShares>();
        services.AddSingleton<RunnerHost>();
        services.AddHostedService<Lifetime>();
        return services;
    }

    /// <summary>Wrong tools fail the start; runners stop before anything else does, since they still want to report until then.</summary>
    private sealed class Lifetime(ToolCatalog catalog, RunnerHost runners) : IHostedLifecycleService
    {
        public Task StartingAsync(CancellationToken cancellationToken)
        {
            _ = catalog;
            return Task.CompletedTask;
        }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppingAsync(CancellationToken cancellationToken) => runners.StopAsync();

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
