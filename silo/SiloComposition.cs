using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ToolRuntime.Hosting;
using ToolRuntime.Models;
using ToolRuntime.Runners;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;
using ToolRuntime.Tools;

namespace ToolRuntime.Silo;

/// <summary>Puts a silo together: grains, session log, runners, tools, models.</summary>
public static class SiloComposition
{
    private static readonly TimeSpan ShortestReminder = TimeSpan.FromSeconds(5);

    /// <summary>Runs a silo for one process in the host, with its data in <c>ToolRuntime:Data:Path</c>. The host gets an <see cref="IClusterClient"/> and the <see cref="ISessionLog"/> with it.</summary>
    public static IHostApplicationBuilder AddToolRuntimeSilo(this IHostApplicationBuilder host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var section = host.Configuration.GetSection("ToolRuntime");
        host.Services.AddOptions<SqliteSessionLogOptions>().BindConfiguration("ToolRuntime:Data");
        host.Services.AddSqliteSessionLog();
        host.Services.AddToolRunners(
            runners =>
            {
                section.GetSection("Runners").Bind(runners);
                runners.LostAfter = TimeSpan.Zero; // One silo: its own registry knows.
            },
            workspaces => section.GetSection("Data").Bind(workspaces));
        host.Services.AddToolRuntimeGrains(section).AddOpenWorkRecovery();
        host.Services.AddBuiltInTools(section);
        host.Services.AddModels(section.GetSection("Models"));
        host.UseOrleans(silo => silo
            .UseLocalhostClustering()
            .AddEmbeddedStores(section["Data:Path"] ?? new SqliteSessionLogOptions().Path)
            .AddMemoryStreams(SessionStreams.Provider)
            .Configure<ReminderOptions>(reminders => reminders.MinimumReminderPeriod = ShortestReminder));
        return host;
    }
}
