using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ToolRuntime.Engine.Reminders;

/// <summary>What grains do with their reminders: stored first, then scheduled.</summary>
internal sealed class ReminderRegistry(
    IReminderTable table,
    ReminderSchedule schedule,
    IOptions<ReminderOptions> options,
    [FromKeyedServices(TimeProviderNames.Reminders)] TimeProvider clock)
{
    public async Task<IGrainReminder> RegisterOrUpdateAsync(GrainId grain, string name, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (dueTime < TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(dueTime), dueTime, "A reminder's due time is neither negative nor infinite.");
        if (period <= TimeSpan.Zero || period < options.Value.MinimumReminderPeriod)
            throw new ArgumentException($"Reminder {name} of {grain} has a period of {period}; the least is {options.Value.MinimumReminderPeriod}.", nameof(period));

        var entry = new ReminderEntry { GrainId = grain, ReminderName = name, StartAt = (clock.GetUtcNow() + dueTime).UtcDateTime, Period = period };
        entry.ETag = await table.UpsertRow(entry);
        schedule.Set(entry);
        return Reminder.Of(entry);
    }

    public async Task UnregisterAsync(GrainId grain, IGrainReminder reminder)
    {
        if (reminder is not Reminder registered || registered.Grain != grain)
            throw new ArgumentException("Not a reminder of this grain.", nameof(reminder));
        if (!await table.RemoveRow(grain, registered.ReminderName, registered.ETag))
            throw new ReminderException($"Reminder {registered.ReminderName} of {grain} was changed or removed meanwhile.");
        schedule.Remove(grain, registered.ReminderName);
    }

    public async Task<IGrainReminder?> GetAsync(GrainId grain, string name) => Reminder.Of(await table.ReadRow(grain, name));

    public async Task<List<IGrainReminder>> GetAllAsync(GrainId grain) => [.. (await table.ReadRows(grain)).Reminders.Select(entry => Reminder.Of(entry))];

    private sealed record Reminder(GrainId Grain, string ReminderName, string ETag) : IGrainReminder
    {
        [return: NotNullIfNotNull(nameof(entry))]
        public static Reminder? Of(ReminderEntry? entry) => entry is null ? null : new Reminder(entry.GrainId, entry.ReminderName, entry.ETag);
    }
}
