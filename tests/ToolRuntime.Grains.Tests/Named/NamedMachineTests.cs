using System.Collections.Immutable;
using ToolRuntime.Named;
using static ToolRuntime.Named.NamedProcessState;
using static ToolRuntime.Named.NamedTriggerKind;

namespace ToolRuntime.Grains.Tests.Named;

public sealed class NamedMachineTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);
    private static readonly NamedRestart Always = new(NamedRestartPolicy.Always, MaxRestarts: 3, BackoffMs: 100, MaxBackoffMs: 300, ResetAfterMs: 1_000);
    private static readonly ToolError Exit = new("exit_code", "It ended with 3.");

    public static IEnumerable<object[]> Pairs => Enum.GetValues<NamedProcessState>().SelectMany(state => Enum.GetNames<NamedTriggerKind>().Select(kind => new object[] { state, kind }));

    /// <summary>Written by hand: where each legal pair leads, of a process whose run, where it has one, ends with an exit code that its policy (always) restarts after.</summary>
    private static readonly Dictionary<(NamedProcessState, NamedTriggerKind), NamedProcessState> Expected = new()
    {
        [(Stopped, Start)] = Starting,
        [(Stopped, Restart)] = Starting,
        [(Completed, Start)] = Starting,
        [(Completed, Restart)] = Starting,
        [(Failed, Start)] = Starting,
        [(Failed, Restart)] = Starting,
        [(Waiting, Stop)] = Stopped,
        [(Waiting, DependenciesMoved)] = Starting,
        [(Starting, Stop)] = Stopping,
        [(Starting, Restart)] = Stopping,
        [(Starting, Refused)] = Failed,
        [(Starting, Started)] = Running,
        [(Starting, Ended)] = Backoff,
        [(Running, Stop)] = Stopping,
        [(Running, Restart)] = Stopping,
        [(Running, BecameReady)] = Ready,
        [(Running, Ended)] = Backoff,
        [(Ready, Stop)] = Stopping,
        [(Ready, Restart)] = Stopping,
        [(Ready, Ended)] = Backoff,
        [(Stopping, Ended)] = Stopped,
        [(Backoff, Start)] = Starting,
        [(Backoff, Stop)] = Stopped,
        [(Backoff, Restart)] = Starting,
        [(Backoff, BackoffElapsed)] = Starting,
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Decide_EveryPair_LeadsWhereTheTableByHandSays(NamedProcessState state, string trigger)
    {
        var (process, kind) = (In(state), Enum.Parse<NamedTriggerKind>(trigger));

        var next = NamedMachine.Decide(process, Trigger(kind), new(Now, 0.5, []));

        Assert.Equal(Expected.GetValueOrDefault((state, kind), state), next.State);
        if (NamedMachine.Table.Allows(state, kind)) Assert.Contains(next.State, NamedMachine.Table.Single(row => row.Key == (state, kind)).Value);
        else Assert.Same(process, next);
        Assert.Equal(next.State is not (Stopped or Completed or Failed) && (next.State != Stopping || kind is Start or Restart), next.Wanted);
    }

    [Fact]
    public void Ended_AfterOneAnother_WaitsLongerUpToTheLongestThenGivesUp()
    {
        var process = In(Running) with { Restarts = 0 };
        var waits = new List<double>();
        for (; process.State != Failed && waits.Count < 10; process = process.State == Backoff ? In(Running) with { Streak = process.Streak, Restarts = process.Restarts } : process)
        {
            process = NamedMachine.Decide(process, Trigger(Ended), new(Now, 1, []));
            if (process.State == Backoff) waits.Add((process.NextAt!.Value - Now).TotalMilliseconds);
        }

        Assert.Equal([100, 200, 300], waits);
        Assert.Equal(("restarts_exhausted", 3, false), (process.Error!.Code, process.Restarts, process.Wanted));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.25, 50)]
    [InlineData(1, 200)]
    public void Ended_Dice_MakesTheWaitAnythingUpToTheLongest(double dice, double wait)
    {
        var next = NamedMachine.Decide(In(Running) with { Streak = 1 }, Trigger(Ended), new(Now, dice, []));

        Assert.Equal(wait, (next.NextAt!.Value - Now).TotalMilliseconds);
    }

    [Fact]
    public void Ended_AfterItStayedUp_CountsAnew()
    {
        var process = In(Ready) with { Streak = 3, StartedAt = Now.AddMilliseconds(-1_000) };

        var next = NamedMachine.Decide(process, Trigger(Ended), new(Now, 1, []));

        Assert.Equal((Backoff, 1, Now.AddMilliseconds(100)), (next.State, next.Streak, next.NextAt!.Value));
        Assert.Equal(Failed, NamedMachine.Decide(process with { StartedAt = Now.AddMilliseconds(-999) }, Trigger(Ended), new(Now, 1, [])).State);
    }

    [Theory]
    [InlineData(NamedRestartPolicy.Never, 0, Completed)]
    [InlineData(NamedRestartPolicy.Never, 3, Failed)]
    [InlineData(NamedRestartPolicy.OnFailure, 0, Completed)]
    [InlineData(NamedRestartPolicy.OnFailure, 3, Backoff)]
    [InlineData(NamedRestartPolicy.Always, 0, Backoff)]
    [InlineData(NamedRestartPolicy.Always, 3, Backoff)]
    public void Ended_ByPolicyAndExitCode_IsRunAgainOrNot(NamedRestartPolicy policy, int code, NamedProcessState expected)
    {
        var next = NamedMachine.Decide(In(Running, new(policy)), new(Ended) { End = new(code, code == 0 ? null : Exit) }, new(Now, 0.5, []));

        Assert.Equal((expected, code), (next.State, next.ExitCode));
    }

    [Fact]
    public void Ended_LostWithTheServer_RunsAgainUnlessNeverAndWaitsForWhatMayStillRun()
    {
        var lost = new NamedTrigger(Ended) { End = new(null, new(ToolErrorCodes.RunnerLost, "gone"), LostFor: TimeSpan.Zero) };

        var next = NamedMachine.Decide(In(Ready) with { Streak = 2 }, lost, new(Now, 0.5, []));

        Assert.Equal((Starting, null, 1, 2), (next.State, next.Run, next.Restarts, next.Streak));
        Assert.Equal(Failed, NamedMachine.Decide(In(Ready, new(NamedRestartPolicy.Never)), lost, new(Now, 0.5, [])).State);
        Assert.Equal(Stopped, NamedMachine.Decide(In(Stopping), lost, new(Now, 0.5, [])).State);
        var elsewhere = NamedMachine.Decide(In(Ready), lost with { End = lost.End! with { LostFor = TimeSpan.FromSeconds(2) } }, new(Now, 0.5, []));
        Assert.Equal((Backoff, Now.AddSeconds(2)), (elsewhere.State, elsewhere.NextAt!.Value));
    }

    [Theory]
    [InlineData("denied")]
    [InlineData("quota_exceeded")]
    [InlineData("command_denied")]
    public void Ended_ByWhatAnotherRunWouldNotChange_IsNotRunAgain(string code) =>
        Assert.Equal(Failed, NamedMachine.Decide(In(Starting), new(Ended) { End = new(null, new(code, "no")) }, new(Now, 0.5, [])).State);

    [Fact]
    public void Ended_CancelledBySomebody_IsStopped() =>
        Assert.Equal((Stopped, false), NamedMachine.Decide(In(Running), new(Ended) { End = new(null, new("cancelled", "no"), Cancelled: true) }, new(Now, 0.5, [])) is var next ? (next.State, next.Wanted) : default);

    [Fact]
    public void Restart_OfOneThatRuns_BeginsTheNextRunOnlyAfterTheEnd()
    {
        var stopping = NamedMachine.Decide(In(Ready) with { Restarts = 4, Streak = 2 }, Trigger(Restart), new(Now, 0.5, []));
        var next = NamedMachine.Decide(stopping, Trigger(Ended), new(Now, 0.5, []));

        Assert.Equal((Stopping, true, "exe_1"), (stopping.State, stopping.Wanted, stopping.Run));
        Assert.Equal((Starting, true, null, 0, 0), (next.State, next.Wanted, next.Run, next.Restarts, next.Streak));
        Assert.Equal(Stopped, NamedMachine.Decide(NamedMachine.Decide(stopping, Trigger(Stop), new(Now, 0.5, [])), Trigger(Ended), new(Now, 0.5, [])).State);
    }

    [Fact]
    public void Start_WithDependenciesToCome_WaitsForThemByName()
    {
        var waiting = NamedMachine.Decide(In(Stopped), Trigger(Start), new(Now, 0.5, ["db"]));

        Assert.Equal((Waiting, "db"), (waiting.State, Assert.Single(waiting.WaitsFor!.Value)));
        Assert.Same(waiting, NamedMachine.Decide(waiting, Trigger(DependenciesMoved), new(Now, 0.5, ["db"])));
        Assert.Equal((Starting, null), NamedMachine.Decide(waiting, Trigger(DependenciesMoved), new(Now, 0.5, [])) is var next ? (next.State, next.WaitsFor) : default);
    }

    [Fact]
    public void BackoffElapsed_BeforeItsTime_ChangesNothing()
    {
        var process = In(Backoff) with { NextAt = Now.AddMilliseconds(1) };

        Assert.Same(process, NamedMachine.Decide(process, Trigger(BackoffElapsed), new(Now, 0.5, [])));
    }

    /// <summary>Any history: what is up has one run, what is at rest is not wanted, and whoever runs was asked for.</summary>
    [Fact]
    public void Decide_AnyHistory_KeepsWhatAlwaysHolds()
    {
        var dice = new Random(11);
        var kinds = Enum.GetValues<NamedTriggerKind>();
        var (process, runs, open) = (In(Stopped), 0, false);
        for (var i = 0; i < 20_000; i++)
        {
            var kind = kinds[dice.Next(kinds.Length)];
            if (kind is Begun or Refused && process is not { State: Starting, Run: null }) continue;
            if (kind is Started or BecameReady or Ended && !open) continue;
            var trigger = Trigger(kind) with { Run = $"exe_{runs}", End = new(dice.Next(2), dice.Next(2) == 0 ? null : Exit, Cancelled: dice.Next(8) == 0, LostFor: dice.Next(8) == 0 ? TimeSpan.Zero : null) };
            process = NamedMachine.Decide(process, trigger, new(Now.AddSeconds(i), dice.NextDouble(), dice.Next(3) == 0 ? ["db"] : []));
            if (kind == Begun)
            {
                Assert.False(open);
                (open, runs) = (true, runs + 1);
            }

            if (kind == Ended) open = false;
            Assert.Equal(open, process.IsUp && process.Run is not null);
            if (process.IsAtRest) Assert.False(process.Wanted);
            Assert.Equal(process.State == Backoff, process.NextAt is not null);
            Assert.Equal(process.State == Waiting, process.WaitsFor is not null);
        }

        Assert.True(runs > 100, $"{runs} runs");
    }

    private static NamedProcess In(NamedProcessState state, NamedRestart? restart = null) => new()
    {
        Name = "web",
        Definition = new("./serve", Restart: restart ?? Always),
        State = state,
        Wanted = state is not (Stopped or Completed or Failed or Stopping),
        Run = state is Waiting or Backoff ? null : "exe_1",
        NextAt = state == Backoff ? Now : null,
        WaitsFor = state == Waiting ? ["db"] : null,
        StartedAt = state is Running or Ready ? Now : null,
    };

    private static NamedTrigger Trigger(NamedTriggerKind kind) => new(kind)
    {
        Run = "exe_1",
        Error = Exit,
        End = new(3, Exit),
    };
}
