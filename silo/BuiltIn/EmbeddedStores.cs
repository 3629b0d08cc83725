namespace ToolRuntime.Silo;

/// <summary>Where a silo for one process keeps grain state and reminders, on the built-in engine.</summary>
internal static class EmbeddedStores
{
    public static ISiloBuilder AddEmbeddedStores(this ISiloBuilder silo) => silo
        .AddMemoryGrainStorage("sessions")
        .UseInMemoryReminderService();
}
