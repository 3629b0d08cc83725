namespace Orleans;

/// <summary>Keeps the registered reminders of a cluster.</summary>
public interface IReminderTable
{
    Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName);

    Task<ReminderTableData> ReadRows(GrainId grainId);

    /// <summary>The reminders of the grains whose uniform hash is greater than <paramref name="begin"/> and at most <paramref name="end"/>, around the ring if begin is not less than end.</summary>
    Task<ReminderTableData> ReadRows(uint begin, uint end);

    /// <summary>Writes the reminder whatever is stored and returns its new ETag.</summary>
    Task<string> UpsertRow(ReminderEntry entry);

    /// <summary>Removes the reminder if it is stored with this ETag, and says whether it was.</summary>
    Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag);

    Task TestOnlyClearTable();

    Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    Task StopAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
}

[GenerateSerializer]
public sealed class ReminderEntry
{
    [Id(0)]
    public GrainId GrainId { get; set; }

    [Id(1)]
    public string ReminderName { get; set; } = "";

    /// <summary>First due time, UTC.</summary>
    [Id(2)]
    public DateTime StartAt { get; set; }

    [Id(3)]
    public TimeSpan Period { get; set; }

    [Id(4)]
    public string ETag { get; set; } = "";

    public override string ToString() => $"<{GrainId} {ReminderName} from {StartAt:O} every {Period}, {ETag}>";
}

[GenerateSerializer]
public sealed class ReminderTableData
{
    public ReminderTableData()
    {
    }

    public ReminderTableData(IEnumerable<ReminderEntry> list) => Reminders = [.. list];

    public ReminderTableData(ReminderEntry entry) => Reminders = [entry];

    [Id(0)]
    public IList<ReminderEntry> Reminders { get; } = [];
}
