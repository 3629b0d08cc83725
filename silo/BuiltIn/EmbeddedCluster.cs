using ToolRuntime.Engine;
using ToolRuntime.Sessions;

namespace ToolRuntime.Silo;

/// <summary>The cluster of one process on the built-in engine, and where it keeps grain state and reminders: a SQLite file beside the session log.</summary>
internal static class EmbeddedCluster
{
    public static ISiloBuilder UseEmbeddedCluster(this ISiloBuilder silo, string dataFolder)
    {
        var path = Path.Combine(Path.GetFullPath(dataFolder), "grains.db");
        return silo
            .UseLocalhostClustering()
            .AddSqliteGrainStorage(SessionStreams.GrainStorage, o => o.Path = path)
            .UseSqliteReminderService(o => o.Path = path);
    }
}
