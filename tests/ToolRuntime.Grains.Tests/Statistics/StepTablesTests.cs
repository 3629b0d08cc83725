using ToolRuntime.Statistics;

namespace ToolRuntime.Grains.Tests.Statistics;

public sealed class StepTablesTests
{
    /// <summary>10:30 of some day, UTC.</summary>
    private static readonly long Now = new DateTimeOffset(2026, 11, 28, 10, 30, 20, TimeSpan.Zero).ToUnixTimeMilliseconds();

    [Fact]
    public void Window_OfAnHour_HasItsMinutesAndNoOlder()
    {
        var tables = new StepTables();
        foreach (var minutes in (int[])[0, 0, 59, 60]) tables.Add(Now - (minutes * StepTables.Minute), One(), Now);

        var (from, step, steps) = tables.Window(StatisticsWindow.Hour, Now);

        Assert.Equal((Floor(Now) - (59 * StepTables.Minute), StepTables.Minute), (from, step));
        Assert.Equal([(from, 1L), (Floor(Now), 2)], steps.Select(one => (one.Key, one.Value.Sum().Calls)));
    }

    [Fact]
    public void Roll_AfterHours_KeepsThemAWeekAndNoMinutes()
    {
        var tables = new StepTables();
        tables.Add(Now, One(), Now);
        tables.Add(Now + StepTables.Minute, One(), Now + StepTables.Minute);

        for (var later = 1; later < 168; later++) tables.Roll(Now + (later * StepTables.Hour));

        Assert.Empty(tables.Minutes);
        Assert.Equal(2, Assert.Single(tables.Window(StatisticsWindow.Week, Now + (167 * StepTables.Hour)).Steps).Value.Sum().Calls);
        Assert.Empty(tables.Window(StatisticsWindow.Day, Now + (167 * StepTables.Hour)).Steps);
        Assert.True(tables.Roll(Now + (168 * StepTables.Hour)));
        Assert.Empty(tables.Hours);
    }

    [Fact]
    public void Roll_InterruptedBetweenHoursAndMinutes_CountsNothingTwice()
    {
        var before = new StepTables();
        before.Add(Now, One(), Now);
        var minutes = new StatisticsState { Steps = StepTables.Pack(before.Minutes) };
        before.Roll(Now + (2 * StepTables.Hour));

        var read = StepTables.Of(minutes, new() { Steps = StepTables.Pack(before.Hours) });
        read.Roll(Now + (2 * StepTables.Hour));

        Assert.Equal(1, Assert.Single(read.Window(StatisticsWindow.Day, Now + (2 * StepTables.Hour)).Steps).Value.Sum().Calls);
    }

    [Theory]
    [InlineData(-3)]
    [InlineData(1)]
    public void Add_OfATimeThatIsNotKept_CountsNow(int hours)
    {
        var tables = new StepTables();

        tables.Add(Now + (hours * StepTables.Hour), One(), Now);

        Assert.Equal(Floor(Now), Assert.Single(tables.Minutes).Key);
    }

    private static long Floor(long at) => at - (at % StepTables.Minute);

    private static CountsTable One()
    {
        var table = new CountsTable();
        table.Of("shell").Calls = 1;
        return table;
    }
}
