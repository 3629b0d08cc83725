using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.ToolExecutions;

namespace ToolRuntime.Grains.Tests.Sessions;

/// <summary>A call asks for its time-out by its field or by an argument of the tool's, and either holds or is said not to.</summary>
public sealed class CallTimeoutTests
{
    private const int Minute = 60_000;

    private readonly SessionRig session = new();

    [Theory]
    [InlineData("bounded", null, null, Minute, null)]
    [InlineData("bounded", 2_000, null, 2_000, false)]
    [InlineData("bounded", null, 2_000, 2_000, false)]
    [InlineData("bounded", 3_000, 2_000, 2_000, false)]
    [InlineData("bounded", 2_000, 3_000, 2_000, false)]
    [InlineData("bounded", 10 * Minute, null, 10 * Minute, false)]
    [InlineData("bounded", 10 * Minute + 1, null, 10 * Minute, true)]
    [InlineData("bounded", null, 20 * Minute, 10 * Minute, true)]
    [InlineData("plain", null, 2_000, Minute, null)]
    [InlineData("plain", 5 * Minute, null, 5 * Minute, false)]
    [InlineData("plain", 6 * Minute, null, 5 * Minute, true)]
    public void RunTools_TimeoutAsked_HoldsOrIsSaidToBeCapped(string tool, int? field, int? argument, int holds, bool? capped)
    {
        var started = Run(tool, field, argument);

        Assert.Equal(holds, session.Execution(started.BatchId!, 0).Plan.TimeoutMs);
        Assert.Equal(capped is null ? null : holds, started.Tools[0].TimeoutMs);
        Assert.Equal(capped == true ? true : null, started.Tools[0].TimeoutCapped);
    }

    [Theory]
    [InlineData(null, null, 5 * Minute)]
    [InlineData(2_000, null, 5 * Minute)]
    [InlineData(8 * Minute, null, 9 * Minute)]
    [InlineData(null, 8 * Minute, 9 * Minute)]
    public void RunTools_NoMaxWait_BatchWaitsForWhatIsAsked(int? field, int? argument, int wait) =>
        Assert.Equal(TimeSpan.FromMilliseconds(wait), Run("bounded", field, argument).Deadline - session.Time.GetUtcNow());

    [Fact]
    public void RunTools_MaxWaitNamed_CapsAndSaysSo()
    {
        var started = Run("bounded", 8 * Minute, null, maxWaitMs: Minute);

        Assert.Equal((Minute, true), (started.Tools[0].TimeoutMs, started.Tools[0].TimeoutCapped));
        Assert.Equal(TimeSpan.FromMilliseconds(Minute), started.Deadline - session.Time.GetUtcNow());
    }

    [Theory]
    [InlineData(2_000, null)]
    [InlineData(null, 2_000)]
    public void AttemptTimedOut_HoweverItWasAsked_IsTheSameEventAndCode(int? field, int? argument)
    {
        var batch = Run("bounded", field, argument).BatchId!;
        session.StartAll(batch);
        session.Time.Advance(TimeSpan.FromSeconds(2));

        Assert.True(session.Report(session.Execution(batch, 0).Id, new AttemptTimedOut(1, 0)));

        var timedOut = Assert.Single(session.Events.OfType<ToolTimedOut>());
        Assert.Equal(ToolErrorCodes.AttemptTimeout, timedOut.Error.Code);
    }

    private BatchStarted Run(string tool, int? field, int? argument, int? maxWaitMs = null)
    {
        var arguments = argument is { } ms ? JsonText.Object(json => json.WriteNumber("timeoutMs", ms)) : JsonText.EmptyObject;
        session.Do(new RunTools([new(tool, arguments, TimeoutMs: field)], maxWaitMs));
        return session.Events.OfType<BatchStarted>().Last();
    }
}
