using Orleans.Runtime;
using Orleans.Timers;

namespace ToolRuntime.Simulation.Tests.Runtime;

/// <summary>The reminders of a cluster; they outlive everything.</summary>
internal sealed class ReminderTable(World world)
{
    private readonly Dictionary<(GrainId, string), Entry> entries = [];

    public event Action<GrainId, string>? Due;

    public int Count => entries.Count;

    public IEnumerable<string> Names => entries.Keys.Select(key => $"{key.Item1} {key.Item2}");

    public IGrainReminder Set(GrainId grain, string name, TimeSpan due, TimeSpan period)
    {
        Remove(grain, name);
        var entry = new Entry(name);
        entry.Timer = new(world, world.Root, () => Due?.Invoke(grain, name));
        entry.Timer.Change(due, period);
        return entries[(grain, name)] = entry;
    }

    public IGrainReminder? Find(GrainId grain, string name) => entries.GetValueOrDefault((grain, name));

    public void Remove(GrainId grain, string name)
    {
        if (entries.Remove((grain, name), out var entry)) entry.Timer!.Dispose();
    }

    private sealed class Entry(string name) : IGrainReminder
    {
        public string ReminderName => name;

        public VirtualTimer? Timer { get; set; }
    }
}

/// <summary>A silo's way to the reminders: takes time, and may fail.</summary>
internal sealed class Reminders(Cluster cluster, VirtualSilo silo) : IReminderRegistry
{
    public Task<IGrainReminder> RegisterOrUpdateReminder(GrainId callingGrainId, string reminderName, TimeSpan dueTime, TimeSpan period) =>
        silo.AskAsync(() => cluster.Reminders.Set(callingGrainId, reminderName, dueTime, period));

    public Task UnregisterReminder(GrainId callingGrainId, IGrainReminder reminder) => silo.AskAsync(() =>
    {
        if (cluster.Reminders.Find(callingGrainId, reminder.ReminderName) != reminder) throw new ReminderException("The reminder is another one by now.");
        cluster.Reminders.Remove(callingGrainId, reminder.ReminderName);
        return true;
    });

    public Task<IGrainReminder?> GetReminder(GrainId callingGrainId, string reminderName) => silo.AskAsync(() => cluster.Reminders.Find(callingGrainId, reminderName))!;

    public Task<List<IGrainReminder>> GetReminders(GrainId callingGrainId) => throw new NotSupportedException();
}
