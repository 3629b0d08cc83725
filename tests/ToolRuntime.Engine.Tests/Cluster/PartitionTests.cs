using ToolRuntime.Engine.Cluster;

namespace ToolRuntime.Engine.Tests.Cluster;

public sealed class PartitionTests
{
    [Fact]
    public void Of_GrainsOfOneSession_IsTheSame() =>
        Assert.Single(new[] { GrainId.Create("session", "t/s"), GrainId.Create("message", "t/s/m1"), GrainId.Create("execution", "t/s/b/7") }.Select(Partition.Of).Distinct());

    [Fact]
    public void Of_ManySessions_AreSpreadEvenly()
    {
        var counts = Enumerable.Range(0, 64_000).CountBy(i => Partition.Of(GrainId.Create("session", $"tenant/session-{i}"))).ToDictionary();

        Assert.Equal(Partition.Count, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 800, 1200));
    }

    // Stored data depends on it: these numbers must never change.
    [Theory]
    [InlineData("session", "t/s", 1958561270u)]
    [InlineData("job", "acme/42/x", 3125933055u)]
    public void UniformHash_IsFixed(string type, string key, uint hash) => Assert.Equal(hash, Partition.UniformHash(GrainId.Create(type, key)));
}
