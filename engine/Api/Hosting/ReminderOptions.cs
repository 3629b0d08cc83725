namespace Orleans.Hosting;

public sealed class ReminderOptions
{
    /// <summary>Shorter periods are refused. Default 1 minute.</summary>
    public TimeSpan MinimumReminderPeriod { get; set; } = TimeSpan.FromMinutes(1);
}
