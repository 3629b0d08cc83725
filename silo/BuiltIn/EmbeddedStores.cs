using ToolRuntime.Engine;
using ToolRuntime.Sessions;

namespace ToolRuntime.Silo;

/// <summary>Where a silo for one process keeps grain state and reminders, on the built-in engine: a SQLite file beside the session log.</summary>
internal static class EmbeddedStores
{
    public static ISiloBuilder AddEmbeddedStores(this ISiloBuilder silo, string dataFolder)
    {
        var path = Path.Combine(Path.GetFullPath(dataFolder), "grains.db");
        return silo
            .AddSqliteGrainStorage(SessionStreams.GrainStorage, o => o.Path = path)
            .UseSqliteReminderService(o => o.Path = path);
    }
}
