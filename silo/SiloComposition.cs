using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Silo;

/// <summary>Puts a silo together: grains, session log, runners, tools, models.</summary>
public static class SiloComposition
{
    private static readonly TimeSpan ShortestReminder = TimeSpan.FromSeconds(5);

    /// <summary>Runs a silo for one process in the host, with its data in <c>ToolRuntime:Data:Path</c>. The host gets an <see cref="IClusterClient"/> and the <see cref="ISessionLog"/> with it.</summary>
    public static IHostApplicationBuilder AddToolRuntimeSilo(this IHostApplicationBuilder host)
    {
        ArgumentNullException.ThrowIfNull(host);
        host.Services.AddOptions<SqliteSessionLogOptions>().BindConfiguration("ToolRuntime:Data");
        host.Services.AddSqliteSessionLog();
        host.UseOrleans(silo => silo
            .UseLocalhostClustering()
            .AddEmbeddedStores()
            .AddMemoryStreams(SessionStreams.Provider)
            .Configure<ReminderOptions>(reminders => reminders.MinimumReminderPeriod = ShortestReminder));
        return host;
    }
}
