using Microsoft.Extensions.DependencyInjection;
using ToolRuntime.Engine.Activations;
using ToolRuntime.Engine.Reminders;

namespace Orleans;

public static class GrainReminderExtensions
{
    /// <summary>Stores the reminder. It first ticks after the due time (after one period when that is zero), then at each multiple of the period.</summary>
    /// <exception cref="ArgumentException">The period is below <see cref="ReminderOptions.MinimumReminderPeriod"/>.</exception>
    public static Task<IGrainReminder> RegisterOrUpdateReminder(this Grain grain, string reminderName, TimeSpan dueTime, TimeSpan period) =>
        Registry(grain, out var id, mustReceive: true).RegisterOrUpdateAsync(id, reminderName, dueTime, period);

    public static Task<IGrainReminder> RegisterOrUpdateReminder(this IGrainBase grain, string reminderName, TimeSpan dueTime, TimeSpan period) =>
        Registry(grain, out var id, mustReceive: true).RegisterOrUpdateAsync(id, reminderName, dueTime, period);

    public static Task UnregisterReminder(this Grain grain, IGrainReminder reminder) => Registry(grain, out var id).UnregisterAsync(id, reminder);

    public static Task UnregisterReminder(this IGrainBase grain, IGrainReminder reminder) => Registry(grain, out var id).UnregisterAsync(id, reminder);

    public static Task<IGrainReminder?> GetReminder(this Grain grain, string reminderName) => Registry(grain, out var id).GetAsync(id, reminderName);

    public static Task<IGrainReminder?> GetReminder(this IGrainBase grain, string reminderName) => Registry(grain, out var id).GetAsync(id, reminderName);

    public static Task<List<IGrainReminder>> GetReminders(this Grain grain) => Registry(grain, out var id).GetAllAsync(id);

    public static Task<List<IGrainReminder>> GetReminders(this IGrainBase grain) => Registry(grain, out var id).GetAllAsync(id);

    private static ReminderRegistry Registry(IGrainBase grain, out GrainId id, bool mustReceive = false)
    {
        var activation = Activation.InTurn(grain);
        id = activation.GrainId;
        if (mustReceive && grain is not IRemindable)
            throw new InvalidOperationException($"Grain {id} is not an IRemindable: it can't receive reminders.");
        return activation.ActivationServices.GetService<ReminderRegistry>() ?? throw new InvalidOperationException("The silo has no reminder service.");
    }
}
