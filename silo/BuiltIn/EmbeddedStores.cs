using ToolRuntime.Engine;

namespace ToolRuntime.Silo;

/// <summary>Where a silo for one process keeps grain state and reminders, on the built-in engine: in a file beside the session log's.</summary>
internal static class EmbeddedStores
{
    private const string File = "grains.db";

    public static ISiloBuilder AddEmbeddedStores(this ISiloBuilder silo, string storage, string folder) => silo
        .AddSqliteGrainStorage(storage, options => options.Path = Path.Combine(folder, File))
        .UseSqliteReminderService(options => options.Path = Path.Combine(folder, File));
}
