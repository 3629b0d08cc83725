using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.TestingHost;

namespace ToolRuntime.Engine.Tests;

/// <summary>Test clusters of one silo.</summary>
internal static class Clusters
{
    public const string Store = "store";
    public const string Stream = "stream";

    /// <summary>Everything in memory, real time.</summary>
    public static Task<InProcessTestCluster> DeployAsync(Action<ISiloBuilder>? configure = null) => DeployWithAsync(silo =>
    {
        silo.AddMemoryGrainStorage(Store).AddMemoryStreams(Stream).UseInMemoryReminderService().Configure<ReminderOptions>(options => options.MinimumReminderPeriod = TimeSpan.FromSeconds(1));
        configure?.Invoke(silo);
    });

    /// <summary>Everything in memory, all clocks in the test's hand.</summary>
    public static Task<InProcessTestCluster> DeployAsync(ManualTimeProvider clock, Action<ISiloBuilder>? configure = null) => DeployAsync(silo =>
    {
        silo.Services.AddSingleton<TimeProvider>(clock);
        configure?.Invoke(silo);
    });

    public static async Task<InProcessTestCluster> DeployWithAsync(Action<ISiloBuilder> configure)
    {
        var cluster = new InProcessTestClusterBuilder(1)
            .ConfigureSilo((_, silo) =>
            {
                silo.Services.AddSingleton<Journal>();
                silo.Services.AddSingleton<LogRecorder>();
                silo.Services.AddSingleton<ILoggerProvider>(services => services.GetRequiredService<LogRecorder>());
                configure(silo);
            })
            .ConfigureClient(client => client.AddMemoryStreams(Stream))
            .Build();
        await cluster.DeployAsync();
        return cluster;
    }

    public static Journal Journal(this InProcessTestCluster cluster) => cluster.GetSiloServiceProvider().GetRequiredService<Journal>();

    public static LogRecorder Logs(this InProcessTestCluster cluster) => cluster.GetSiloServiceProvider().GetRequiredService<LogRecorder>();
}
