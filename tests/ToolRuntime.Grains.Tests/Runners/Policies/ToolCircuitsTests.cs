using Microsoft.Extensions.Logging.Abstractions;
using ToolRuntime.Runners;
using ToolRuntime.Runners.Policies;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Runners.Policies;

public sealed class ToolCircuitsTests : IDisposable
{
    private static readonly ToolResult Fault = ToolResult.Failure(new("upstream", "It is down.", Retryable: true));
    private static readonly ToolResult Wrong = ToolResult.Failure(new("exit_code", "Exit code 1."));
    private readonly FakeTimeProvider time = new();
    private readonly MeterWatch meter = new();
    private readonly ToolCircuits circuits;
    private readonly SemaphoreSlim running = new(0);
    private int runs;

    public ToolCircuitsTests()
    {
        var made = new ToolMeter(meter.Factory);
        circuits = new("fetch", new(), made, time, NullLogger.Instance);
        made.ObserveBreakers(() => [("fetch", circuits.State)]);
    }

    public void Dispose()
    {
        meter.Dispose();
        running.Dispose();
    }

    [Fact]
    public async Task Run_ConfiguredFailures_OpensAndRefusesAtOnce()
    {
        await FailAsync(10);

        var refused = await RunAsync(FakeTool.Done);

        Assert.Equal(10, runs);
        Assert.Equal((ToolErrorCodes.CircuitOpen, true, 30_000L), (refused.Error!.Code, refused.Error.Retryable, refused.Error.RetryAfterMs));
        Assert.Contains("30 s", refused.Error.Message, StringComparison.Ordinal);
        Assert.Equal(2, meter["toolruntime_tool_breaker_state{fetch}"]);
        Assert.Equal(1, meter["toolruntime_tool_breaker_transitions{fetch,open}"]);
    }

    [Fact]
    public async Task Run_OneFailureLess_StaysClosed()
    {
        await FailAsync(9);

        Assert.Same(FakeTool.Done, await RunAsync(FakeTool.Done));
        Assert.Equal(0, meter["toolruntime_tool_breaker_state{fetch}"]);
    }

    [Fact]
    public async Task Run_FewerThanHalfFail_StaysClosed()
    {
        for (var i = 0; i < 11; i++) await RunAsync(FakeTool.Done);
        await FailAsync(10);

        Assert.Same(FakeTool.Done, await RunAsync(FakeTool.Done));
    }

    [Fact]
    public async Task Run_FailuresFarApart_StaysClosed()
    {
        for (var i = 0; i < 30; i++)
        {
            await RunAsync(Fault);
            time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Equal(30, runs);
    }

    [Fact]
    public async Task Run_CallersOwnFault_StaysClosed()
    {
        for (var i = 0; i < 20; i++) await RunAsync(Wrong);
        for (var i = 0; i < 20; i++) await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(new InvalidOperationException()));
        for (var i = 0; i < 20; i++) await Assert.ThrowsAsync<TaskCanceledException>(() => RunAsync(new TaskCanceledException()));

        Assert.Same(FakeTool.Done, await RunAsync(FakeTool.Done));
    }

    [Fact]
    public async Task Run_LostTransportsAndTimeouts_Open()
    {
        for (var i = 0; i < 5; i++) await Assert.ThrowsAsync<HttpRequestException>(() => RunAsync(new HttpRequestException("refused")));
        for (var i = 0; i < 5; i++) await Assert.ThrowsAsync<TaskCanceledException>(() => RunAsync(new TaskCanceledException(), timedOut: true));

        Assert.Equal(ToolErrorCodes.CircuitOpen, (await RunAsync(FakeTool.Done)).Error?.Code);
    }

    [Fact]
    public async Task Run_NoConnectionInTime_Opens()
    {
        for (var i = 0; i < 10; i++) await RunAsync(ToolResult.Failure(new(ToolErrorCodes.ConnectTimeout, "There was no connection.")));

        Assert.Equal(ToolErrorCodes.CircuitOpen, (await RunAsync(FakeTool.Done)).Error?.Code);
    }

    [Fact]
    public async Task Run_AfterTheBreak_OneTriesAndCloses()
    {
        await FailAsync(10);
        time.Advance(TimeSpan.FromSeconds(30));
        var release = new TaskCompletionSource<ToolResult>();

        var probe = RunAsync(release.Task);
        Assert.True(await running.WaitAsync(RunnerFixture.Patience));
        var meanwhile = await RunAsync(FakeTool.Done);

        Assert.Equal(11, runs);
        Assert.Equal(ToolErrorCodes.CircuitOpen, meanwhile.Error?.Code);
        Assert.Equal(1, meter["toolruntime_tool_breaker_state{fetch}"]);
        release.SetResult(FakeTool.Done);
        Assert.Same(FakeTool.Done, await probe);
        Assert.Equal(0, meter["toolruntime_tool_breaker_state{fetch}"]);
        Assert.Same(FakeTool.Done, await RunAsync(FakeTool.Done));
        Assert.Equal(
            (1d, 1d, 1d),
            (meter["toolruntime_tool_breaker_transitions{fetch,open}"], meter["toolruntime_tool_breaker_transitions{fetch,half_open}"], meter["toolruntime_tool_breaker_transitions{fetch,closed}"]));
    }

    [Fact]
    public async Task Run_TryFails_StaysOpenForAnotherBreak()
    {
        await FailAsync(10);
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Same(Fault, await RunAsync(Fault));

        Assert.Equal(30_000, (await RunAsync(FakeTool.Done)).Error?.RetryAfterMs);
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Same(FakeTool.Done, await RunAsync(FakeTool.Done));
    }

    [Fact]
    public async Task Run_TryIsCancelled_StaysOpen()
    {
        await FailAsync(10);
        time.Advance(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<TaskCanceledException>(() => RunAsync(new TaskCanceledException()));

        Assert.Equal(ToolErrorCodes.CircuitOpen, (await RunAsync(FakeTool.Done)).Error?.Code);
    }

    [Fact]
    public async Task Run_OtherCircuit_IsNotConcerned()
    {
        await FailAsync(10);

        Assert.Same(FakeTool.Done, await RunAsync(Task.FromResult(FakeTool.Done), circuit: "elsewhere"));
        Assert.Equal(2, meter["toolruntime_tool_breaker_state{fetch}"]);
    }

    [Fact]
    public async Task Run_VeryManyCircuits_TheOpenOneIsKept()
    {
        await FailAsync(10);
        for (var i = 0; i < 3_000; i++) await RunAsync(Task.FromResult(FakeTool.Done), circuit: $"host{i}");

        Assert.Equal(ToolErrorCodes.CircuitOpen, (await RunAsync(FakeTool.Done)).Error?.Code);
    }

    [Fact]
    public async Task Run_ToolHasABreakerOfItsOwn_ItsRefusalIsTheTools() =>
        await Assert.ThrowsAsync<Polly.CircuitBreaker.BrokenCircuitException>(() => RunAsync(new Polly.CircuitBreaker.BrokenCircuitException()));

    private async Task FailAsync(int times)
    {
        for (var i = 0; i < times; i++) Assert.Same(Fault, await RunAsync(Fault));
    }

    private Task<ToolResult> RunAsync(ToolResult result) => RunAsync(Task.FromResult(result));

    private Task<ToolResult> RunAsync(Exception thrown, bool timedOut = false) => RunAsync(Task.FromException<ToolResult>(thrown), timedOut: timedOut);

    private Task<ToolResult> RunAsync(Task<ToolResult> result, string circuit = "", bool timedOut = false) => circuits.RunAsync(
        circuit,
        () =>
        {
            runs++;
            if (!result.IsCompleted) running.Release();
            return result;
        },
        () => timedOut,
        default);
}
