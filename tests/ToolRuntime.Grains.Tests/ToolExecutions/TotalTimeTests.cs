using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.ToolExecutions;
using ToolRuntime.Views;
using static ToolRuntime.Grains.Tests.Support.Executions;

namespace ToolRuntime.Grains.Tests.ToolExecutions;

/// <summary>A tool may bound what all attempts of a call take together.</summary>
public sealed class TotalTimeTests
{
    private static readonly ExecutionState Pending = Make(ExecutionStatus.Pending) with { Plan = new(30_000, true, false, false, TotalMs: 30_000) };

    [Fact]
    public void AttemptTimeout_TotalIsUp_IsNotRetried()
    {
        var state = Started(Pending, Now.AddSeconds(-30), 1);

        var timedOut = Assert.IsType<ToolTimedOut>(Assert.Single(ExecutionMachine.Decide(state, new AttemptTimedOut(1, 0.5), Around).Events));

        Assert.Equal((ToolErrorCodes.AttemptTimeout, false), (timedOut.Error.Code, timedOut.Error.Retryable));
    }

    [Theory]
    [InlineData(27_999, true)]
    [InlineData(28_000, false)]
    public void Fail_Retryable_IsRetriedWhileTheTotalLasts(int elapsedMs, bool retried)
    {
        var state = Started(Pending, Now.AddMilliseconds(-elapsedMs), 1);

        var happened = Assert.Single(ExecutionMachine.Decide(state, Failed(Temporary), Around).Events);

        Assert.Equal(retried, happened is ToolRetried);
    }

    [Fact]
    public void Start_LaterAttempt_HasWhatIsLeft()
    {
        var second = Started(Started(Pending, Now.AddSeconds(-20), 1), Now, 2);

        Assert.Equal(Now.AddSeconds(10), second.AttemptDeadline);
        var timedOut = Assert.IsType<ToolTimedOut>(Assert.Single(
            ExecutionMachine.Decide(second, new AttemptTimedOut(2, 0.5), Around with { Now = Now.AddSeconds(10) }).Events));
        Assert.Contains("30000 ms together", timedOut.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pause_DoesNotCount()
    {
        var state = Started(Pending, Now.AddSeconds(-5), 1);
        state = ExecutionMachine.Evolve(state, new ToolSuspended { At = Now, Attempt = 1 });
        state = ExecutionMachine.Evolve(state, new ToolContinued { At = Now.AddMinutes(1), Attempt = 1 });

        var happened = Assert.Single(ExecutionMachine.Decide(state, Failed(Temporary), Around with { Now = Now.AddMinutes(1) }).Events);

        Assert.IsType<ToolRetried>(happened);
        Assert.Equal(Now.AddSeconds(85), state.AttemptDeadline);
    }

    [Fact]
    public void Start_NoTotal_HasItsWholeTimeEachTime()
    {
        var plain = Pending with { Plan = Pending.Plan with { TotalMs = null } };

        Assert.Equal(Now.AddSeconds(30), Started(Started(plain, Now.AddSeconds(-20), 1), Now, 2).AttemptDeadline);
    }

    private static ExecutionState Started(ExecutionState state, DateTimeOffset at, int attempt) =>
        ExecutionMachine.Evolve(state, new ToolStarted(state.Name, 1) { At = at, Attempt = attempt });
}
