using System.Collections.Frozen;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Gateway.Tests.Sessions;

public class FrameSelectionTests
{
    [Fact]
    public void Choose_EverythingFits_TakesAllProgressToo()
    {
        var (covered, chosen) = Choose([("tool.progress", "x", 10), ("tool.progress", "x", 10), ("tool.output", "x", 10)], maxBytes: 100);

        Assert.Equal(3, covered);
        Assert.Equal([1L, 2, 3], chosen);
    }

    [Fact]
    public void Choose_DoesNotFit_LeavesOutSupersededProgressOfTheSameTargetOnly()
    {
        var (covered, chosen) = Choose(
            [("tool.progress", "x", 40), ("tool.progress", "y", 40), ("batch.progress", "b", 1), ("tool.progress", "x", 10), ("batch.progress", "b", 1), ("tool.output", "x", 40)], maxBytes: 99);

        Assert.Equal(6, covered);
        Assert.Equal([2L, 4, 5, 6], chosen);
    }

    [Fact]
    public void Choose_StillDoesNotFit_CoversUpToTheFirstThatDoesNot()
    {
        var (covered, chosen) = Choose([("tool.output", "x", 40), ("tool.output", "x", 40), ("tool.progress", "x", 40), ("tool.output", "x", 40)], maxBytes: 100);

        Assert.Equal(2, covered);
        Assert.Equal([1L, 2], chosen);
    }

    [Fact]
    public void Choose_FirstIsLargerThanAFrame_GoesAlone()
    {
        var (covered, chosen) = Choose([("tool.output", "x", 400), ("tool.output", "x", 1)], maxBytes: 100);

        Assert.Equal(1, covered);
        Assert.Equal([1L], chosen);
    }

    [Fact]
    public void Choose_Filter_CoversWhatItLeavesOut()
    {
        var (covered, chosen) = Choose([("a", null, 400), ("b", null, 10), ("a", null, 400)], maxBytes: 100, types: ["b"]);

        Assert.Equal(3, covered);
        Assert.Equal([2L], chosen);
    }

    [Fact]
    public void Choose_Lags_LeavesOutSupersededEvenIfAllFits()
    {
        var (_, chosen) = Choose([("tool.progress", "x", 1), ("tool.progress", "x", 1)], maxBytes: 100, lags: true);

        Assert.Equal([2L], chosen);
    }

    private static (long Covered, long[] Chosen) Choose((string Type, string? Target, int Size)[] events, int maxBytes, string[]? types = null, bool lags = false)
    {
        var pending = events.Select((@event, i) => new EncodedEvent(i + 1, @event.Type, @event.Target, new byte[@event.Size])).ToList();
        var chosen = new List<EncodedEvent>();
        var covered = FrameSelection.Choose(pending, types?.ToFrozenSet(), lags, maxBytes, chosen);
        return (covered, [.. chosen.Select(@event => @event.Seq)]);
    }
}
