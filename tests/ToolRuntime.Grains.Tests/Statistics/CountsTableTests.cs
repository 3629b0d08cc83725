using ToolRuntime.Statistics;

namespace ToolRuntime.Grains.Tests.Statistics;

public sealed class CountsTableTests
{
    [Theory]
    [InlineData(0.5, 500)]
    [InlineData(0.95, 950)]
    [InlineData(0.99, 990)]
    public void Quantile_OfOneToAThousand_IsWithinFivePercent(double part, double exact)
    {
        var durations = new DurationHistogram();
        foreach (var ms in Enumerable.Range(1, 1_000)) durations.Add(ms);

        Assert.InRange(durations.Quantile(part)!.Value, exact * 0.95, exact * 1.05);
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(86_400_000)]
    public void Quantile_OfOneDuration_IsThatDuration(long ms)
    {
        var durations = new DurationHistogram();
        durations.Add(ms);

        Assert.InRange(durations.Quantile(0.5)!.Value, Math.Max(ms, 1) * 0.95, Math.Max(ms, 1) * 1.05);
    }

    [Fact]
    public void Quantile_OfNothing_IsUnknown() => Assert.Null(new DurationHistogram().Quantile(0.5));

    [Fact]
    public void AddPacked_OfRandomTables_AddsUpLikeTheTables()
    {
        var random = new Random(7);
        var (packed, whole) = (new CountsTable(), new CountsTable());
        for (var round = 0; round < 20; round++)
        {
            var table = Any(random);
            packed.AddPacked(table.Pack());
            whole.Add(table);
        }

        Assert.Equal(whole.Tools.Select(tool => (tool.Key, tool.Value.ToFigures())), packed.Tools.Select(tool => (tool.Key, tool.Value.ToFigures())));
        Assert.Equal(whole.Pack(), packed.Pack());
    }

    [Fact]
    public void AddPacked_OfAnotherFormat_AddsNothing()
    {
        var table = new CountsTable();
        table.AddPacked([9, 1, 2, 3]);
        table.AddPacked([]);

        Assert.True(table.IsEmpty);
    }

    [Fact]
    public void AddPacked_OfTheFormatBefore_HasNothingOfServicesAndFiles()
    {
        var table = new CountsTable();
        byte[] before = [1, 1, 1, (byte)'t', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0];

        table.AddPacked(before);

        Assert.Equal((1L, 13L, 0L, 0L), (table.Of("t").Calls, table.Of("t").Measured, table.Of("t").ApiCalls, table.Of("t").BytesIn));
    }

    [Fact]
    public void Of_MoreToolsThanItHolds_CountsTheRestTogether()
    {
        var table = new CountsTable();
        for (var tool = 0; tool < CountsTable.MaxTools + 10; tool++) table.Of($"tool{tool}").Calls++;

        Assert.Equal((CountsTable.MaxTools + 1, 10L), (table.Tools.Count, table.Of(CountsTable.Others).Calls));
    }

    private static CountsTable Any(Random random)
    {
        var table = new CountsTable();
        for (var calls = random.Next(10); calls > 0; calls--)
        {
            var counts = table.Of($"tool{random.Next(4)}");
            counts.Calls++;
            counts.Completed += random.Next(2);
            counts.Retries += random.Next(3);
            counts.Add(new Events.ToolMetrics { CpuMs = random.Next(1_000), PeakMemoryBytes = random.NextInt64(1L << 40), ApiCalls = random.Next(3), BytesIn = random.Next(9_999), BytesOut = random.Next(99) });
            counts.Durations.Add(random.NextInt64(10_000_000));
        }

        return table;
    }
}
