namespace ToolRuntime.Silo;

/// <summary>Where a silo for one process keeps grain state and reminders, on Orleans: in memory. What survives is the session log, and recovery at start reads it.</summary>
internal static class EmbeddedStores
{
    public static ISiloBuilder AddEmbeddedStores(this ISiloBuilder silo, string storage, string folder) => silo
        .AddMemoryGrainStorage(storage)
        .AddMemoryGrainStorage("PubSubStore")
        .UseInMemoryReminderService();
}
