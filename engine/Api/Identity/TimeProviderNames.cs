namespace Orleans.Runtime;

/// <summary>Keys of the clocks in the container. Each falls back to the unkeyed <see cref="TimeProvider"/>.</summary>
public static class TimeProviderNames
{
    /// <summary>Grain timers.</summary>
    public const string Grains = "Orleans.TimeProvider.Grains";

    /// <summary>Reminders.</summary>
    public const string Reminders = "Orleans.TimeProvider.Reminders";

    /// <summary>Response time-outs.</summary>
    public const string Messaging = "Orleans.TimeProvider.Messaging";

    /// <summary>Idle activations, and how long activating and deactivating may take.</summary>
    public const string ActivationManagement = "Orleans.TimeProvider.ActivationManagement";

    public static IReadOnlyList<string> BackgroundAreas { get; } = [Reminders, Messaging, ActivationManagement];
}
