using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ToolRuntime.Engine.Reminders;

/// <summary>Ticks the reminders of the part of the ring that this silo owns. One timer for all.</summary>
internal sealed partial class ReminderSchedule : IDisposable
{
    // Longer waits are cut: timers have a longest time, and clocks get corrected.
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly IReminderTable table;
    private readonly IGrainFactory grains;
    private readonly TimeProvider clock;
    private readonly ILogger<ReminderSchedule> logger;
    private readonly Lock gate = new();
    private readonly Dictionary<(GrainId Grain, string Name), Scheduled> byName = [];
    private readonly PriorityQueue<Scheduled, DateTime> byDue = new();
    private readonly ITimer timer;
    private bool owner;

    public ReminderSchedule(IReminderTable table, IGrainFactory grains, [FromKeyedServices(TimeProviderNames.Reminders)] TimeProvider clock, ILogger<ReminderSchedule> logger)
    {
        this.table = table;
        this.grains = grains;
        this.clock = clock;
        this.logger = logger;
        using (ExecutionContext.SuppressFlow())
            timer = clock.CreateTimer(static schedule => ((ReminderSchedule)schedule!).TickDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Takes over all reminders. Nobody knows whether a tick was missed before, so each that has ever been due ticks at once.</summary>
    public async Task AcquireAsync(CancellationToken cancellationToken)
    {
        await table.StartAsync(cancellationToken);
        var stored = await table.ReadRows(0, 0);
        var now = Now;
        lock (gate)
        {
            owner = true;
            foreach (var entry in stored.Reminders)
            {
                if (!byName.ContainsKey((entry.GrainId, entry.ReminderName)))
                    Add(entry, entry.StartAt <= now ? now : entry.StartAt);
            }
        }
    }

    public void Set(ReminderEntry entry)
    {
        lock (gate)
        {
            if (!owner)
                return;
            RemoveLocked((entry.GrainId, entry.ReminderName));
            Add(entry, NextDue(entry, Now));
        }
    }

    public void Remove(GrainId grain, string name)
    {
        lock (gate)
            RemoveLocked((grain, name));
    }

    public void Dispose() => timer.Dispose();

    // Ticks fall on multiples of the period. Of those that pass while a tick runs, or nobody owned the reminder, one comes late, the rest are skipped.
    private static DateTime NextDue(ReminderEntry entry, DateTime now) =>
        now < entry.StartAt ? entry.StartAt : entry.StartAt + (((now - entry.StartAt).Ticks / entry.Period.Ticks) + 1) * entry.Period;

    private void Add(ReminderEntry entry, DateTime due)
    {
        var scheduled = new Scheduled(entry);
        byName[(entry.GrainId, entry.ReminderName)] = scheduled;
        Enqueue(scheduled, due);
    }

    private void RemoveLocked((GrainId, string) name)
    {
        if (byName.Remove(name, out var scheduled))
            scheduled.IsRemoved = true;
    }

    private void Enqueue(Scheduled scheduled, DateTime due)
    {
        byDue.Enqueue(scheduled, due);
        if (byDue.Peek() == scheduled)
            Arm();
    }

    private void Arm()
    {
        while (byDue.TryPeek(out var first, out var due))
        {
            if (first.IsRemoved)
            {
                byDue.Dequeue();
                continue;
            }
            var wait = due - Now;
            timer.Change(wait < TimeSpan.Zero ? TimeSpan.Zero : wait < LongestWait ? wait : LongestWait, Timeout.InfiniteTimeSpan);
            return;
        }
    }

    private void TickDue()
    {
        List<Scheduled> due = [];
        lock (gate)
        {
            var now = Now;
            while (byDue.TryPeek(out var first, out var at) && at <= now)
            {
                byDue.Dequeue();
                if (!first.IsRemoved)
                    due.Add(first);
            }
            Arm();
        }
        foreach (var scheduled in due)
            _ = TickAsync(scheduled, Now);
    }

    private async Task TickAsync(Scheduled scheduled, DateTime now)
    {
        var entry = scheduled.Entry;
        try
        {
            await grains.GetGrain<IRemindable>(entry.GrainId).ReceiveReminder(entry.ReminderName, new(entry.StartAt, entry.Period, now));
        }
        catch (Exception exception)
        {
            LogTickFailed(logger, entry.ReminderName, entry.GrainId, exception);
        }
        lock (gate)
        {
            if (!scheduled.IsRemoved)
                Enqueue(scheduled, NextDue(entry, now));
        }
    }

    private sealed class Scheduled(ReminderEntry entry)
    {
        public ReminderEntry Entry { get; } = entry;

        public bool IsRemoved { get; set; }
    }
}
