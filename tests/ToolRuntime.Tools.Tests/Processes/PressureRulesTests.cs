using ToolRuntime.Tools.Processes;

namespace ToolRuntime.Tools.Tests.Processes;

/// <summary>Which attempts are braked and ended, by what is seen of them at each look.</summary>
public sealed class PressureRulesTests
{
    private const long Limit = 1L << 30;
    private readonly PressureRules rules = new(new() { MaxWorkspaceBytes = Limit }, new(Processes: 100));
    private double now;

    [Fact]
    public void Judge_RefusedForksInTwoLooks_BrakesAndThenEndsIt()
    {
        Assert.Equal((PressureVerdict.None, ControlGroupPace.Usual), Look(processes: 10));
        Assert.Equal((PressureVerdict.None, ControlGroupPace.Yielding), Look(processes: 50));
        Assert.Equal((PressureVerdict.None, ControlGroupPace.Braked), Look(processes: 100, refused: 5_000));
        Assert.Equal((PressureVerdict.TooManyProcesses, ControlGroupPace.Braked), Look(processes: 100, refused: 5_001));
    }

    [Fact]
    public void Judge_RefusedNowAndThen_IsEndedAfterASecond()
    {
        Look(processes: 100, refused: 1);
        Assert.Equal(PressureVerdict.None, Look(processes: 100, refused: 2).Verdict);
        Assert.Equal((PressureVerdict.None, ControlGroupPace.Braked), Look(processes: 100, refused: 2, after: 5));
        Assert.Equal(PressureVerdict.TooManyProcesses, Look(processes: 100, refused: 3).Verdict);
    }

    [Fact]
    public void Judge_RefusedOnceAnHour_IsNoBomb()
    {
        Look(processes: 100, refused: 1);
        Look(processes: 20, refused: 1, after: 5);

        Assert.Equal((PressureVerdict.None, ControlGroupPace.Braked), Look(processes: 100, refused: 2, after: 3_600));
        Assert.Equal((PressureVerdict.None, ControlGroupPace.Usual), Look(processes: 20, refused: 2, after: 5));
    }

    [Fact]
    public void Judge_MakesDoWithLess_IsLeftAlone()
    {
        Look(processes: 100, refused: 400);

        Assert.Equal((PressureVerdict.None, ControlGroupPace.Usual), Look(processes: 40, refused: 400, after: 5));
        Assert.False(Busy(processes: 10, refused: 400));
    }

    [Fact]
    public void Judge_FillsFast_IsBrakedUntilItHasDone()
    {
        Look(bytes: 0);
        Assert.Equal((PressureVerdict.None, ControlGroupPace.Braked), Look(bytes: 60 << 20));
        Assert.Equal((PressureVerdict.None, ControlGroupPace.Braked), Look(bytes: 70 << 20));
        Assert.Equal((PressureVerdict.None, ControlGroupPace.Usual), Look(bytes: 71 << 20));
    }

    [Fact]
    public void Judge_OverItsWorkspace_IsEnded()
    {
        Look(bytes: 0);

        Assert.Equal(PressureVerdict.TooLarge, Look(bytes: Limit).Verdict);
    }

    [Fact]
    public void Judge_OverWhenItBegan_MayMakeItLessButNotMore()
    {
        Assert.Equal(long.MaxValue, rules.Enough);
        Assert.Equal(PressureVerdict.None, Look(bytes: 3 * Limit).Verdict);
        Assert.Equal((3 * Limit) + 1, rules.Enough);
        Assert.Equal(PressureVerdict.None, Look(bytes: 2 * Limit).Verdict);
        Assert.Equal(PressureVerdict.TooLarge, Look(bytes: (2 * Limit) + 1).Verdict);
    }

    private (PressureVerdict Verdict, ControlGroupPace Pace) Look(long processes = 0, long refused = 0, long? bytes = null, double after = 0.1)
    {
        now += after;
        return (rules.Judge(new(processes, refused), bytes, TimeSpan.FromSeconds(now)), rules.Pace);
    }

    private bool Busy(long processes, long refused)
    {
        Look(processes, refused);
        return rules.IsBusy;
    }
}
