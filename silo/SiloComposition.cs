using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ToolRuntime.Hosting;
using ToolRuntime.Models;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;
using ToolRuntime.Tools;

namespace ToolRuntime.Silo;

/// <summary>Puts a silo together: grains, session log, runners, tools, models.</summary>
public static class SiloComposition
{
    private static readonly TimeSpan ShortestReminder = TimeSpan.FromSeconds(5);

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
        host.Services.AddOptions<SqliteSessionLogOptions>().Bind(settings.GetSection("Data"));
        host.Services.AddSqliteSessionLog().AddToolRuntimeGrains(settings).AddModels(settings.GetSection("Models")).AddBuiltInTools(settings);
        host.Services.AddHostedService<OpenWorkRecovery>();
        host.UseOrleans(silo => silo
            .UseLocalhostClustering()
            .AddEmbeddedStores(SessionStore.Name, data.Path)
            .AddMemoryStreams(SessionStreams.Provider)
            .Configure<ReminderOptions>(reminders => reminders.MinimumReminderPeriod = ShortestReminder));
        return host;
    }
}
