using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using ToolRuntime.Hosting;
using ToolRuntime.Jobs;
using ToolRuntime.Metrics;
using ToolRuntime.Models;
using ToolRuntime.Placement;
using ToolRuntime.Processes;
using ToolRuntime.Runners;
using ToolRuntime.Runners.Policies;
using ToolRuntime.Search;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;
using ToolRuntime.Silo.Clustering;
using ToolRuntime.Statistics;
using ToolRuntime.Stores.Sqlite;
using ToolRuntime.Stores.Workspaces;
using ToolRuntime.Stores.Workspaces.Blobs;
using ToolRuntime.Streams;
using ToolRuntime.Tools;
using ToolRuntime.Tools.Processes;
using ToolRuntime.Usage;

namespace ToolRuntime.Silo;

/// <summary>Puts a silo together: grains, session log, runners, tools, models.</summary>
public static class SiloComposition
{
    /// <summary>The section of the search over sessions; <c>Search</c> is the tool that searches the web.</summary>
    internal const string SearchSection = "SessionSearch";

    /// <summary>Below it, what a cluster needs for it.</summary>
    internal const string PostgresSection = "Postgres";

    /// <summary>For connections to close and grains to leave, once tools have ended.</summary>
    private static readonly TimeSpan AfterGrace = TimeSpan.FromSeconds(20);

    private const string LeaseTooLong = "ToolRuntime:Runners:Lease must be shorter than the time after which a silo that hangs is declared dead "
        + "(its ProbeTimeout of 1 s, NumMissedProbesLimit 2 times), or processes of its attempts could run beside those of the next ones.";

    /// <summary>
    /// Runs a silo for one process in the host, with its data in <c>Data:Path</c>. The host gets the <see cref="IClusterClient"/> and the <see cref="ISessionLog"/> that a gateway needs.
    /// </summary>
    /// <param name="host">The host.</param>
    /// <param name="settings">The section <c>ToolRuntime</c>.</param>
    public static IHostApplicationBuilder AddToolRuntimeSilo(this IHostApplicationBuilder host, IConfiguration settings)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(settings);
        var data = settings.GetSection("Data").Get<SqliteSessionLogOptions>() ?? new();
        QuietStop.Add(host);
        host.Services.AddSteadyClock();
        host.Services.AddOptions<SqliteSessionLogOptions>().Bind(settings.GetSection("Data"));
        host.Services.AddSqliteSessionLog();
        AddSearch(host.Services, settings, data.Path);
        AddWork(host, settings, data.Path, static runners => runners.LostAfter = TimeSpan.Zero); // One silo: what does not run here does not run.
        host.Services.AddOpenWorkRecovery();
        host.UseOrleans(silo => silo
            .UseEmbeddedCluster(data.Path)
            .AddProcessReports()
            .AddLiveStreams(SessionStreams.Provider)
            .AddDashboardIfWanted(settings));
        return host;
    }

    /// <summary>Runs a silo of a cluster in the host. <c>Data:Path</c> is its own, <c>Workspaces</c> says where sessions' files are that outlive it; everything else is in Redis.</summary>
    internal static IHostApplicationBuilder AddToolRuntimeSilo(this IHostApplicationBuilder host, IConfiguration settings, ClusterConnection cluster)
    {
        host.Services.AddSteadyClock();
        host.Services.AddClusterLog(settings, cluster).AddClusterResults(settings).AddSessionArchiver(settings).AddClusterSearch(settings, indexes: true);
        AddWork(host, settings, settings["Data:Path"] ?? new SqliteSessionLogOptions().Path, static _ => { });
        host.Services.AddOptions<RunnerOptions>().Validate<IOptions<ClusterMembershipOptions>>(EndsBeforeDeclaredDead, LeaseTooLong);
        host.UseOrleans(silo => silo.UseCluster(cluster).UseSessionPlacement().AddMetricHistory().AddStoreIsolation<RedisProbe>().AddProcessReports().AddDashboardIfWanted(settings));
        return host;
    }

    /// <summary>Makes the host a client of a cluster: it gets the <see cref="IClusterClient"/> and the <see cref="ISessionLog"/> that a gateway needs.</summary>
    internal static IHostApplicationBuilder AddToolRuntimeClient(this IHostApplicationBuilder host, IConfiguration settings, ClusterConnection cluster)
    {
        host.Services.AddSteadyClock();
        host.Services.AddClusterLog(settings, cluster).AddClusterSearch(settings, indexes: false);
        host.UseOrleansClient(client => client.UseCluster(cluster).AddDashboardIfWanted(settings));
        return host;
    }

    /// <summary>How long a silo may take to stop; whatever stops its process must wait longer.</summary>
    internal static TimeSpan TimeToStop(RunnerOptions runners) => TimeSpan.FromSeconds(runners.GraceSeconds + runners.StopSeconds) + AfterGrace;

    /// <summary>Has sessions be searchable by an index beside the log.</summary>
    private static void AddSearch(IServiceCollection services, IConfiguration settings, string dataPath)
    {
        var section = settings.GetSection(SearchSection);
        if (!section.GetValue(nameof(SessionSearchOptions.Enabled), true)) return;
        services.AddSqliteSearch(search =>
        {
            section.Bind(search);
            search.Path ??= Path.Combine(dataPath, SqliteSearchOptions.FileName);
        }).AddSearchIndexer(section);
    }

    /// <summary>What a silo does, whichever cluster it belongs to.</summary>
    private static void AddWork(IHostApplicationBuilder host, IConfiguration settings, string dataPath, Action<RunnerOptions> configure)
    {
        host.Services.AddToolStatistics(settings);
        host.Services.AddToolRunners(
            runners =>
            {
                Configure(runners, host.Configuration, settings);
                configure(runners);
            },
            workspaces =>
            {
                settings.GetSection("Workspaces").Bind(workspaces);
                workspaces.DataPath = dataPath;
            });
        host.Services.AddWorkspaceStore(settings.GetSection("Workspaces:Store"));
        host.Services.AddBlobStore(settings.GetSection("Blobs"), dataPath);
        host.Services.AddOptions<HostOptions>()
            .PostConfigure<IOptions<RunnerOptions>>(static (hosting, runners) => LeaveTime(hosting, runners.Value));
        host.Services.AddOptions<ToolAliasOptions>().Bind(settings.GetSection("Aliases"));
        host.Services.AddOptions<ToolCacheOptions>().Bind(settings.GetSection("Cache"));
        host.Services.AddSingleton<IConfigureOptions<ToolPolicyOptions>>(new ToolPolicySettings(settings.GetSection("Tools"), host.Configuration));
        host.Services.AddToolRuntimeGrains(host.Configuration, settings).AddJobSweep().AddUsage(settings);
        host.Services.AddWebhookSender(static provider => provider.GetRequiredService<IOptions<WebhookOptions>>().Value.AllowedHosts);
        host.Services.AddOptions<ProcessOptions>().PostConfigure<IOptions<WorkspaceOptions>>((processes, workspaces) =>
        {
            processes.HiddenPaths.Add(dataPath);
            processes.HiddenPaths.Add(workspaces.Value.Root);
        });
        host.Services.AddNamedProcesses().AddBuiltInTools(settings, host.Configuration).AddMcpServers(settings.GetSection("Mcp"));
        host.Services.AddModels(settings.GetSection("Models"), host.Configuration);
    }

    /// <summary>The host does not give up while there is grace, nor before what comes after it.</summary>
    private static void LeaveTime(HostOptions hosting, RunnerOptions runners)
    {
        var least = TimeToStop(runners);
        if (hosting.ShutdownTimeout < least) hosting.ShutdownTimeout = least;
    }

    /// <summary>The watchdog of a silo that hangs has killed its processes when the others learn of its death.</summary>
    private static bool EndsBeforeDeclaredDead(RunnerOptions runners, IOptions<ClusterMembershipOptions> membership) =>
        runners.Lease < membership.Value.ProbeTimeout * membership.Value.NumMissedProbesLimit;

    private static void Configure(RunnerOptions runners, IConfiguration environment, IConfiguration settings)
    {
        runners.WaitingEnabled = environment.GetValue("WEBSOCKET_PROGRESS_ENABLED", runners.WaitingEnabled);
        settings.GetSection("Runners").Bind(runners);
    }
}
