using ToolRuntime.Metrics;

namespace ToolRuntime.Grains.Tests.Metrics;

public sealed class MetricTableTests
{
    private const int Kept = 100;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    public void Add_IntoLittleRoom_KeepsWhatOneWithAllRoomKeeps(int room)
    {
        var (all, grows, dice) = (new MetricTable(1, 10, Kept), new MetricTable(1, 10, Kept, room), new Random(room));
        for (long number = 1_000, i = 0; i < 500; i++, number += dice.Next(4) == 0 ? dice.Next(1, Kept + 20) : 1)
        {
            foreach (var table in (MetricTable[])[all, grows]) table.Add(number, [i]);

            var query = new MetricQuery([], (number - Kept + 1) * 10, Kept, 10);
            Assert.Equal(all.Read(query, 0, worst: false), grows.Read(query, 0, worst: false));
        }
    }

    [Fact]
    public void Over_PartOfTheSteps_IsTheirSumAndTheMostOfThem()
    {
        var table = new MetricTable(2, 10, Kept, 2);
        for (var i = 1; i <= 5; i++) table.Add(i, [i, i == 3 ? float.NaN : i * 10]);

        Assert.Equal((9, 4), table.Over(20, 50, 0));
        Assert.Equal((60, 40), table.Over(20, 50, 1));
        Assert.Equal((0, 0), table.Over(60, 100, 0));
    }
}
