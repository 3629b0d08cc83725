using ToolRuntime.Stores.Sqlite;


namespace ToolRuntime.Stores.Tests.Sqlite;

/// <summary>What every reminder table must do.</summary>
public abstract class ReminderTableTests
{
    private static readonly DateTime Start = new(2030, 1, 2, 3, 4, 5, DateTimeKind.Utc);

    private protected abstract IReminderTable Table { get; }

    [Fact]
    public async Task ReadRow_NeverWritten_IsNull() => Assert.Null(await Table.ReadRow(GrainId.Create("g", "a"), "r"));

    [Fact]
    public async Task UpsertRow_New_IsReadBack()
    {
        var etag = await Table.UpsertRow(Entry("a", "r"));

        var row = await Table.ReadRow(GrainId.Create("g", "a"), "r");
        Assert.NotNull(row);
        Assert.Equal((GrainId.Create("g", "a"), "r", Start, TimeSpan.FromSeconds(5), etag), (row.GrainId, row.ReminderName, row.StartAt, row.Period, row.ETag));
        Assert.Equal(DateTimeKind.Utc, row.StartAt.Kind);
    }

    [Fact]
    public async Task UpsertRow_Again_ReplacesAndChangesTheETag()
    {
        var first = await Table.UpsertRow(Entry("a", "r"));
        var second = await Table.UpsertRow(Entry("a", "r", period: 7));

        Assert.NotEqual(first, second);
        Assert.Equal(TimeSpan.FromSeconds(7), Assert.Single((await Table.ReadRows(GrainId.Create("g", "a"))).Reminders).Period);
    }

    [Fact]
    public async Task ReadRows_OfGrain_ReturnsOnlyItsOwn()
    {
        await Table.UpsertRow(Entry("a", "r1"));
        await Table.UpsertRow(Entry("a", "r2"));
        await Table.UpsertRow(Entry("b", "r1"));

        Assert.Equal(["r1", "r2"], (await Table.ReadRows(GrainId.Create("g", "a"))).Reminders.Select(row => row.ReminderName).Order());
    }

    [Fact]
    public async Task ReadRows_OfRange_ExcludesBeginIncludesEndAndGoesAroundTheRing()
    {
        var grains = Enumerable.Range(0, 50).Select(i => GrainId.Create("g", $"t/s{i}/x")).OrderBy(grain => grain.GetUniformHashCode()).ToArray();
        foreach (var grain in grains)
            await Table.UpsertRow(Entry(grain.Key.ToString(), "r"));
        var (low, high) = (grains[10].GetUniformHashCode(), grains[20].GetUniformHashCode());

        Assert.Equal(grains[11..21], await ReadAsync(low, high));
        Assert.Equal([.. grains[..11], .. grains[21..]], await ReadAsync(high, low));
        Assert.Equal(grains, await ReadAsync(0, 0));

        async Task<IEnumerable<GrainId>> ReadAsync(uint begin, uint end) =>
            (await Table.ReadRows(begin, end)).Reminders.Select(row => row.GrainId).OrderBy(grain => grain.GetUniformHashCode());
    }

    [Fact]
    public async Task RemoveRow_WithItsETag_Removes()
    {
        var etag = await Table.UpsertRow(Entry("a", "r"));

        Assert.True(await Table.RemoveRow(GrainId.Create("g", "a"), "r", etag!));
        Assert.Null(await Table.ReadRow(GrainId.Create("g", "a"), "r"));
    }

    /// <summary>Orleans logs a row that it could not remove as an error.</summary>
    [Fact]
    public async Task RemoveRow_OfOneThatHasGoneMeanwhile_IsDone()
    {
        var etag = await Table.UpsertRow(Entry("a", "r"));
        await Table.RemoveRow(GrainId.Create("g", "a"), "r", etag!);

        Assert.True(await Table.RemoveRow(GrainId.Create("g", "a"), "r", etag!));
        Assert.True(await Table.RemoveRow(GrainId.Create("g", "b"), "r", "1"));
    }

    [Fact]
    public async Task RemoveRow_WithAnotherETag_KeepsIt()
    {
        var stale = await Table.UpsertRow(Entry("a", "r"));
        await Table.UpsertRow(Entry("a", "r"));

        Assert.False(await Table.RemoveRow(GrainId.Create("g", "a"), "r", stale!));
        Assert.False(await Table.RemoveRow(GrainId.Create("g", "a"), "r", "nonsense"));
        Assert.NotNull(await Table.ReadRow(GrainId.Create("g", "a"), "r"));
    }

    private static ReminderEntry Entry(string key, string name, int period = 5) =>
        new() { GrainId = GrainId.Create("g", key), ReminderName = name, StartAt = Start, Period = TimeSpan.FromSeconds(period) };
}

public sealed class SqliteReminderTableTests : ReminderTableTests, IDisposable
{
    private readonly SqliteFile file = new();

    public SqliteReminderTableTests() => Table = new SqliteReminderTable(file.Open());

    private protected override IReminderTable Table { get; }

    public void Dispose() => file.Dispose();
}
