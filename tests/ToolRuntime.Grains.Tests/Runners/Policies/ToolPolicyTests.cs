using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ToolRuntime.Runners;
using ToolRuntime.Runners.Policies;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Runners.Policies;

/// <summary>A tool's policies as its attempts meet them.</summary>
public sealed class ToolPolicyTests
{
    private static readonly ToolDescriptor Cacheable = new() { Name = "fake", Description = "Fetches.", Parameters = new("""{"type":"object"}"""), CacheSeconds = 300 };

    [Fact]
    public async Task Start_CachedResult_CompletesWithoutRunningAndSaysSo()
    {
        await using var fixture = new RunnerFixture(Tool(Cacheable, () => Task.FromResult(ToolResult.Success(new("""{"n":1}"""), "one"))));
        var first = await fixture.RunAsync();
        fixture.Advance(1_500);

        var sink = new FakeSink();
        fixture.Start("e2", sink: sink);
        var again = await sink.End.WaitAsync(RunnerFixture.Patience);

        Assert.Equal(1, fixture.Tool.Runs);
        Assert.Equal((null, null), (first.Metrics.Cached, first.Metrics.AgeMs));
        Assert.Equal((true, 1_500L), (again.Metrics.Cached, again.Metrics.AgeMs));
        Assert.Equal((RunnerOutcome.Succeeded, "one", """{"n":1}"""), (again.Outcome, again.Summary, again.Result.Json));
        Assert.Equal((1d, 1d), (fixture.Meter["toolruntime_tool_cache{fake,miss}"], fixture.Meter["toolruntime_tool_cache{fake,hit}"]));
    }

    [Fact]
    public async Task Start_OtherTenant_DoesNotGetTheResult()
    {
        await using var fixture = new RunnerFixture(Tool(Cacheable));
        await fixture.RunAsync();

        var sink = new FakeSink();
        fixture.Host.Start(new(new("evil", "s1"), "e1", 1, "fake", JsonText.EmptyObject, DateTimeOffset.MaxValue), sink, Admission.Free);
        await sink.End.WaitAsync(RunnerFixture.Patience);

        Assert.Equal(2, fixture.Tool.Runs);
    }

    [Theory]
    [InlineData(0, 600, 2)]
    [InlineData(300, 0, 2)]
    [InlineData(300, 1, 2)]
    [InlineData(300, 600, 1)]
    public async Task Start_CacheTime_ToolSaysWhetherAndSettingsHowLong(int ofTool, int configured, int runs)
    {
        await using var fixture = new RunnerFixture(Tool(Cacheable with { CacheSeconds = ofTool }), policy => policy.CacheSeconds = configured);
        await fixture.RunAsync();
        fixture.Advance(1_000);

        var sink = new FakeSink();
        fixture.Start("e2", sink: sink);
        await sink.End.WaitAsync(RunnerFixture.Patience);

        Assert.Equal(runs, fixture.Tool.Runs);
    }

    [Fact]
    public async Task Admit_CachedResult_WaitsForNoSlotAndIsKeptThoughItsTimePasses()
    {
        await using var fixture = new RunnerFixture(Tool(Cacheable), policy => policy.MaxConcurrent = 1);
        await fixture.RunAsync();
        using var taken = await TakeAsync(fixture);

        var admitted = await fixture.AdmitAsync().WaitAsync(RunnerFixture.Patience);
        fixture.Time.Advance(TimeSpan.FromHours(1));
        var sink = new FakeSink();
        fixture.Start("e2", sink: sink, admission: admitted);

        Assert.True((await sink.End.WaitAsync(RunnerFixture.Patience)).Metrics.Cached);
    }

    [Fact]
    public async Task Admit_BeyondTheCap_WaitsInOrderAndShowsIt()
    {
        await using var fixture = new RunnerFixture(Tool(Cacheable with { CacheSeconds = 0 }), policy => policy.MaxConcurrent = 2);
        var (one, two) = (await fixture.AdmitAsync(), await fixture.AdmitAsync());
        var third = fixture.AdmitAsync();
        var fourth = fixture.AdmitAsync();
        Assert.Equal(2, fixture.Meter["toolruntime_tool_waiting{fake}"]);

        one.Dispose();
        (await third.WaitAsync(RunnerFixture.Patience)).Dispose();
        using var last = await fourth.WaitAsync(RunnerFixture.Patience);

        Assert.Equal(0, fixture.Meter["toolruntime_tool_waiting{fake}"]);
        two.Dispose();
    }

    [Fact]
    public async Task Admit_CancelledWhileItWaits_LeaksNothing()
    {
        await using var fixture = new RunnerFixture(Tool(Cacheable with { CacheSeconds = 0 }), policy => policy.MaxConcurrent = 1, runners => runners.MaxProcesses = 1);
        using var cancel = new CancellationTokenSource();
        var process = await fixture.Host.AdmitAsync(RunnerFixture.Session, "another", JsonText.EmptyObject, startsProcess: true);
        // It has the tool's slot and waits for a process's.
        var waits = fixture.AdmitAsync(startsProcess: true, cancel.Token);
        var behind = fixture.AdmitAsync(startsProcess: true, cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waits);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => behind);
        Assert.Equal(0, fixture.Meter["toolruntime_tool_waiting{fake}"]);
        process.Dispose();
        using var free = await fixture.AdmitAsync(startsProcess: true).WaitAsync(RunnerFixture.Patience);
    }

    [Fact]
    public async Task Start_AdmittedAttemptEnds_GivesItsSlotBack()
    {
        await using var fixture = new RunnerFixture(Tool(Cacheable with { CacheSeconds = 0 }), policy => policy.MaxConcurrent = 1);
        var slot = await fixture.AdmitAsync();
        var next = fixture.AdmitAsync();
        Assert.False(next.IsCompleted);

        fixture.Start(admission: slot);

        (await next.WaitAsync(RunnerFixture.Patience)).Dispose();
    }

    [Fact]
    public async Task Start_BreakerOpen_FailsAtOnce()
    {
        var tool = Tool(Cacheable, () => throw new HttpRequestException("connection refused"));
        await using var fixture = new RunnerFixture(tool, policy => (policy.BreakerMinimumCalls, policy.BreakerBreak) = (2, TimeSpan.FromSeconds(5)));
        var codes = new List<string?>();
        for (var i = 0; i < 3; i++)
        {
            var sink = new FakeSink();
            fixture.Start($"e{i}", sink: sink);
            codes.Add((await sink.End.WaitAsync(RunnerFixture.Patience)).Error?.Code);
        }

        Assert.Equal([ToolErrorCodes.TransportFailed, ToolErrorCodes.TransportFailed, ToolErrorCodes.CircuitOpen], codes);
        Assert.Equal(2, tool.Runs);
        Assert.Equal(2, fixture.Meter["toolruntime_tool_breaker_state{fake}"]);
    }

    [Theory]
    [InlineData(true, ToolErrorCodes.CircuitOpen)]
    [InlineData(false, null)]
    public async Task Cancel_BecauseOfTheTime_CountsForTheBreakerAndAPersonsCancelDoesNot(bool timedOut, string? code)
    {
        var slow = true;
        var running = new SemaphoreSlim(0);
        await using var fixture = new RunnerFixture(
            new FakeTool(async (_, _, token) =>
            {
                running.Release();
                if (slow) await Task.Delay(Timeout.Infinite, token);
                return FakeTool.Done;
            }),
            policy => policy.BreakerMinimumCalls = 2);
        for (var i = 0; i < 2; i++)
        {
            var sink = new FakeSink();
            fixture.Start($"x{i}", sink: sink);
            Assert.True(await running.WaitAsync(RunnerFixture.Patience));
            fixture.Host.Cancel(RunnerFixture.Session, $"x{i}", timedOut: timedOut);
            await sink.End.WaitAsync(RunnerFixture.Patience);
        }

        slow = false;

        Assert.Equal(code, (await fixture.RunAsync()).Error?.Code);
    }

    [Theory]
    [InlineData(false, 4)]
    [InlineData(true, 2)]
    public async Task Start_BreakerSwitchedOff_NeverRefuses(bool enabled, int runs)
    {
        var tool = Tool(Cacheable, () => throw new HttpRequestException("connection refused"));
        await using var fixture = new RunnerFixture(tool, policy => (policy.BreakerEnabled, policy.BreakerMinimumCalls) = (enabled, 2));
        for (var i = 0; i < 4; i++)
        {
            var sink = new FakeSink();
            fixture.Start($"e{i}", sink: sink);
            await sink.End.WaitAsync(RunnerFixture.Patience);
        }

        Assert.Equal(runs, tool.Runs);
    }

    [Fact]
    public async Task Ended_Attempts_AreCountedByOutcome()
    {
        var release = new TaskCompletionSource<ToolResult>();
        var running = new TaskCompletionSource();
        await using var fixture = new RunnerFixture((_, _, token) =>
        {
            running.SetResult();
            return release.Task.WaitAsync(token);
        });
        fixture.Start();
        await running.Task.WaitAsync(RunnerFixture.Patience);
        Assert.Equal(1, fixture.Meter["toolruntime_tool_running{fake}"]);
        fixture.Advance(2_000);
        release.SetResult(FakeTool.Done);
        await EndedAsync(fixture, "e1");

        Assert.Equal(1, fixture.Meter["toolruntime_tool_executions{fake,completed}"]);
        Assert.Equal(2, fixture.Meter["toolruntime_tool_duration{fake}"]);
        Assert.Equal(0, fixture.Meter["toolruntime_tool_running{fake}"]);
    }

    [Fact]
    public async Task StartOfTheHost_WrongPolicy_IsRefused()
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<ITool>(Tool(Cacheable)).AddToolRunners().Configure<ToolPolicyOptions>("fake", policy => policy.BreakerFailureRatio = 2);
        using var host = builder.Build();

        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains("BreakerFailureRatio", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task EndedAsync(RunnerFixture fixture, string execution)
    {
        await fixture.Sink.End.WaitAsync(RunnerFixture.Patience);
        Assert.True(SpinWait.SpinUntil(() => !fixture.Host.IsRunning(RunnerFixture.Session, execution, 1), RunnerFixture.Patience));
    }

    private static async Task<Admission> TakeAsync(RunnerFixture fixture) =>
        await fixture.Host.AdmitAsync(new("other", "s1"), "fake", JsonText.EmptyObject, startsProcess: false).AsTask().WaitAsync(RunnerFixture.Patience);

    private static FakeTool Tool(ToolDescriptor descriptor, Func<Task<ToolResult>>? run = null) =>
        new((_, _, _) => run?.Invoke() ?? Task.FromResult(FakeTool.Done)) { Descriptor = descriptor };
}
