using ToolRuntime.Sessions;

namespace ToolRuntime.Silo;

/// <summary>
/// Where a silo for one process keeps grain state and reminders, on Orleans: in memory. The session log is what survives; activation recovers from it,
/// and from all of it, since snapshots are gone: nothing is trimmed.
/// </summary>
internal static class EmbeddedStores
{
    public static ISiloBuilder AddEmbeddedStores(this ISiloBuilder silo, string dataFolder) => silo
        .AddMemoryGrainStorage(SessionStreams.GrainStorage)
        .AddMemoryGrainStorage("PubSubStore")
        .UseInMemoryReminderService()
        .Configure<SessionOptions>(sessions => sessions.KeptEvents = int.MaxValue);
}
