using System.Globalization;

namespace ToolRuntime.Engine.Reminders;

/// <summary>Reminders in memory.</summary>
internal sealed class MemoryReminderTable : IReminderTable
{
    private readonly Lock gate = new();
    private readonly Dictionary<(GrainId Grain, string Name), ReminderEntry> rows = [];
    private long lastVersion;

    public Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName)
    {
        lock (gate)
            return Task.FromResult(rows.GetValueOrDefault((grainId, reminderName)));
    }

    public Task<ReminderTableData> ReadRows(GrainId grainId) => Read(row => row.GrainId == grainId);

    public Task<ReminderTableData> ReadRows(uint begin, uint end) => Read(row => ReminderRange.Contains(begin, end, row.GrainId.GetUniformHashCode()));

    public Task<string> UpsertRow(ReminderEntry entry)
    {
        lock (gate)
        {
            var etag = (++lastVersion).ToString(CultureInfo.InvariantCulture);
            rows[(entry.GrainId, entry.ReminderName)] =
                new() { GrainId = entry.GrainId, ReminderName = entry.ReminderName, StartAt = entry.StartAt, Period = entry.Period, ETag = etag };
            return Task.FromResult(etag);
        }
    }

    public Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        lock (gate)
            return Task.FromResult(rows.TryGetValue((grainId, reminderName), out var row) && row.ETag == eTag && rows.Remove((grainId, reminderName)));
    }

    public Task TestOnlyClearTable()
    {
        lock (gate)
            rows.Clear();
        return Task.CompletedTask;
    }

    private Task<ReminderTableData> Read(Func<ReminderEntry, bool> wanted)
    {
        lock (gate)
            return Task.FromResult(new ReminderTableData(rows.Values.Where(wanted)));
    }
}

/// <summary>A part of the hash ring: greater than begin, at most end, around the ring if begin is not less than end.</summary>
internal static class ReminderRange
{
    public static bool Contains(uint begin, uint end, uint hash) => begin < end ? hash > begin && hash <= end : hash > begin || hash <= end;
}
