using System.Text;
using Microsoft.Extensions.Logging;
using ToolRuntime.Events;
using ToolRuntime.Runners;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Runners;

public sealed class RunnerHostTests
{
    [Fact]
    public async Task Start_ToolThatSucceeds_ReportsItsResultAndNothingElse()
    {
        await using var fixture = new RunnerFixture((_, context, _) =>
        {
            context.Counters.AddFiles(1);
            context.Counters.AddLines(20);
            context.Counters.AddApiCalls(3);
            return Task.FromResult(ToolResult.Success(new("""{"n":1}"""), "it worked"));
        });
        var timers = fixture.Time.Timers;

        var end = await fixture.RunAsync();

        Assert.Equal((RunnerOutcome.Succeeded, "it worked", """{"n":1}"""), (end.Outcome, end.Summary, end.Result.Json));
        Assert.Null(end.Error);
        Assert.Null(end.Kept);
        Assert.Equal(new ToolMetrics(0, 0, 1, 20, 3), end.Metrics);
        Assert.Equal(["end"], fixture.Sink.Calls);
        Assert.Equal(0, fixture.Sink.Heartbeats);
        Assert.Equal(timers, fixture.Time.Timers);
    }

    [Fact]
    public async Task Start_Context_DescribesTheAttempt()
    {
        IToolContext? seen = null;
        var workspaceExists = false;
        await using var fixture = new RunnerFixture((call, context, _) =>
        {
            seen = context;
            workspaceExists = Directory.Exists(context.Workspace);
            Assert.Equal("fake", call.Name);
            return Task.FromResult(FakeTool.Done);
        });

        await fixture.RunAsync();

        Assert.Equal((RunnerFixture.Session, "e1", 1), (seen!.Session, seen.ExecutionId, seen.Attempt));
        Assert.Equal(fixture.Time.GetUtcNow().AddMinutes(1), seen.Deadline);
        Assert.True(workspaceExists);
        Assert.EndsWith(Path.Combine("workspaces", "acme", "s1"), seen.Workspace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ToolThatFails_ReportsItsError()
    {
        await using var fixture = new RunnerFixture((_, _, _) => Task.FromResult(ToolResult.Failure(new("exit_code", "exit code 3", Retryable: true))));

        var end = await fixture.RunAsync();

        Assert.Equal(RunnerOutcome.Failed, end.Outcome);
        Assert.Equal(new ToolError("exit_code", "exit code 3", true), end.Error);
        Assert.Equal("exit code 3", end.Summary);
        Assert.Equal("{}", end.Result.Json);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Start_ToolThatThrows_ReportsItWithoutStackAndLogsItOnce(bool synchronously)
    {
        await using var fixture = new RunnerFixture(async (_, _, _) =>
        {
            if (!synchronously) await Task.Yield();
            throw new InvalidOperationException("broken");
        });

        var end = await fixture.RunAsync();

        Assert.Equal(RunnerOutcome.Failed, end.Outcome);
        Assert.Equal(new ToolError(ToolErrorCodes.ToolCrashed, "broken"), end.Error);
        var line = Assert.Single(fixture.Logger.Lines);
        Assert.Equal((LogLevel.Error, "broken"), (line.Level, line.Exception!.Message));
    }

    [Fact]
    public async Task Start_ResultThatIsNoJson_IsACrash()
    {
        await using var fixture = new RunnerFixture((_, _, _) => Task.FromResult(ToolResult.Success(new("{\"half\": "), "done")));

        Assert.Equal(ToolErrorCodes.ToolCrashed, (await fixture.RunAsync()).Error!.Code);
    }

    [Fact]
    public async Task Start_UnknownTool_Fails()
    {
        await using var fixture = new RunnerFixture((_, _, _) => Task.FromResult(FakeTool.Done));

        Assert.True(fixture.Start(tool: "nothing"));

        Assert.Equal(ToolErrorCodes.UnknownTool, (await fixture.Sink.End.WaitAsync(RunnerFixture.Patience)).Error!.Code);
    }

    [Fact]
    public async Task Start_SameAttemptAgain_RunsOnce()
    {
        var release = new TaskCompletionSource<ToolResult>();
        await using var fixture = new RunnerFixture((_, _, _) => release.Task);
        Assert.True(fixture.Start());
        Assert.False(fixture.Start());
        Assert.True(fixture.Host.IsRunning(RunnerFixture.Session, "e1", 1));
        Assert.False(fixture.Host.IsRunning(RunnerFixture.Session, "e1", 2));
        Assert.False(fixture.Host.IsRunning(RunnerFixture.Session, "e2", 1));

        release.SetResult(FakeTool.Done);
        await fixture.Sink.End.WaitAsync(RunnerFixture.Patience);
        await EndedAsync(fixture, "e1", 1);

        // A start that was decided on an older state and comes late.
        Assert.False(fixture.Start());
        Assert.Equal((1, 1), (fixture.Tool.Runs, fixture.Sink.EndCalls));
    }

    [Fact]
    public async Task Start_LaterAttempt_CancelsTheEarlierOne()
    {
        await using var fixture = new RunnerFixture((_, context, token) =>
            context.Attempt == 1 ? Task.Delay(Timeout.Infinite, token).ContinueWith(_ => FakeTool.Done, TaskScheduler.Default) : Task.FromResult(FakeTool.Done));
        var second = new FakeSink();
        fixture.Start();

        Assert.True(fixture.Start(attempt: 2, sink: second));

        Assert.Equal(RunnerOutcome.Succeeded, (await second.End.WaitAsync(RunnerFixture.Patience)).Outcome);
        Assert.Equal(RunnerOutcome.Cancelled, (await fixture.Sink.End.WaitAsync(RunnerFixture.Patience)).Outcome);
        Assert.False(fixture.Start(attempt: 1));
    }

    [Fact]
    public async Task Start_FlowsNoContextIntoTheTool()
    {
        var local = new AsyncLocal<string?> { Value = "caller" };
        string? seen = "unset";
        await using var fixture = new RunnerFixture((_, _, _) =>
        {
            seen = local.Value;
            return Task.FromResult(FakeTool.Done);
        });

        await fixture.RunAsync();

        Assert.Null(seen);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public async Task Cancel_Attempt_EndsThatOneOnly(int? attempt, bool cancels)
    {
        var release = new TaskCompletionSource<ToolResult>();
        await using var fixture = new RunnerFixture((_, _, token) => release.Task.WaitAsync(token));
        fixture.Start();

        fixture.Host.Cancel(RunnerFixture.Session, "e1", attempt);
        if (!cancels) release.SetResult(FakeTool.Done);

        var end = await fixture.Sink.End.WaitAsync(RunnerFixture.Patience);
        Assert.Equal(cancels ? RunnerOutcome.Cancelled : RunnerOutcome.Succeeded, end.Outcome);
        Assert.Equal(cancels ? ToolErrorCodes.Cancelled : null, end.Error?.Code);
    }

    [Fact]
    public async Task Cancel_ToolThatEndsItsProcessFirst_IsAwaited()
    {
        var entered = new TaskCompletionSource();
        var cleaned = new TaskCompletionSource();
        await using var fixture = new RunnerFixture(async (_, _, token) =>
        {
            entered.SetResult();
            await Task.Delay(Timeout.Infinite, token).ContinueWith(_ => { }, TaskScheduler.Default);
            await cleaned.Task;
            return FakeTool.Done;
        });
        fixture.Start();
        await entered.Task.WaitAsync(RunnerFixture.Patience);

        fixture.Host.Cancel(RunnerFixture.Session, "e1");
        Assert.True(fixture.Host.IsRunning(RunnerFixture.Session, "e1", 1));
        Assert.False(fixture.Sink.Ended);
        cleaned.SetResult();

        Assert.Equal(RunnerOutcome.Cancelled, (await fixture.Sink.End.WaitAsync(RunnerFixture.Patience)).Outcome);
    }

    [Fact]
    public async Task Cancel_WhileTheStoreIsAway_StopsRepeating()
    {
        await using var fixture = new RunnerFixture(async (_, context, token) =>
        {
            await context.WriteOutputAsync(OutputStream.Stdout, "out"u8.ToArray(), token);
            return FakeTool.Done;
        });
        fixture.Sink.Hold();
        fixture.Start();
        await fixture.Sink.NextAsync();

        fixture.Host.Cancel(RunnerFixture.Session, "e1");

        Assert.Equal(RunnerOutcome.Cancelled, (await fixture.Sink.End.WaitAsync(RunnerFixture.Patience)).Outcome);
        Assert.Empty(fixture.Sink.Outputs);
    }

    [Fact]
    public async Task End_InfrastructureFails_IsRepeatedUntilItSucceeds()
    {
        await using var fixture = new RunnerFixture((_, _, _) => Task.FromResult(FakeTool.Done));
        fixture.Sink.FailNext(4);

        fixture.Start();
        var end = await fixture.AdvanceUntilAsync(fixture.Sink.End);

        Assert.Equal(RunnerOutcome.Succeeded, end.Outcome);
        Assert.Equal(5, fixture.Sink.EndCalls);
    }

    [Fact]
    public async Task Report_SinkSaysItIsOver_EndsTheToolAndTellsOnlyItsEnd()
    {
        var cancelled = new TaskCompletionSource();
        await using var fixture = new RunnerFixture(async (_, context, token) =>
        {
            await context.ReportProgressAsync("one", cancellationToken: token);
            token.Register(cancelled.SetResult);
            await Task.Delay(Timeout.Infinite, token);
            return FakeTool.Done;
        });
        fixture.Sink.GoesOn = false;

        fixture.Start();
        await cancelled.Task.WaitAsync(RunnerFixture.Patience);
        await EndedAsync(fixture, "e1", 1);

        Assert.Equal(["progress one", "end"], fixture.Sink.Calls);
        Assert.Equal(RunnerOutcome.Cancelled, (await fixture.Sink.End).Outcome);
    }

    [Fact]
    public async Task Heartbeat_WhileItRuns_ComesEachHalfSecondWhateverFails()
    {
        var release = new TaskCompletionSource<ToolResult>();
        await using var fixture = new RunnerFixture((_, _, _) => release.Task);
        fixture.Start();

        fixture.Advance(1_000);
        Assert.Equal(2, fixture.Sink.Heartbeats);
        fixture.Sink.HeartbeatFailure = new TimeoutException("no answer");
        fixture.Advance(1_000);
        Assert.Equal(4, fixture.Sink.Heartbeats);

        release.SetResult(FakeTool.Done);
        await fixture.Sink.End.WaitAsync(RunnerFixture.Patience);
        await EndedAsync(fixture, "e1", 1);
        fixture.Advance(1_000);
        Assert.Equal(4, fixture.Sink.Heartbeats);
    }

    [Fact]
    public async Task Waiting_SilentTool_SaysSoEachMinuteAndNotWhileItTalksOrRests()
    {
        var release = new TaskCompletionSource<ToolResult>();
        IToolContext? context = null;
        var started = new TaskCompletionSource();
        await using var fixture = new RunnerFixture((_, given, _) =>
        {
            context = given;
            started.SetResult();
            return release.Task;
        });
        fixture.Start();
        await started.Task;

        fixture.Advance(59_000);
        Assert.Empty(fixture.Sink.Waits);
        fixture.Advance(1_000);
        Assert.Equal([(60_000, "Still running after 60 s.")], fixture.Sink.Waits);
        fixture.Advance(60_000);
        Assert.Equal(2, fixture.Sink.Waits.Count);

        fixture.Advance(30_000);
        await context!.ReportProgressAsync("on");
        fixture.Advance(59_000);
        Assert.Equal(2, fixture.Sink.Waits.Count);

        fixture.Host.Suspend(RunnerFixture.Session, "e1");
        fixture.Advance(600_000);
        fixture.Host.Continue(RunnerFixture.Session, "e1");
        fixture.Advance(59_000);
        Assert.Equal(2, fixture.Sink.Waits.Count);
        release.SetResult(FakeTool.Done);
    }

    [Fact]
    public async Task Waiting_Disabled_StaysSilent()
    {
        var release = new TaskCompletionSource<ToolResult>();
        await using var fixture = new RunnerFixture((_, _, _) => release.Task, options => options.WaitingEnabled = false);
        fixture.Start();

        fixture.Advance(180_000);

        Assert.Empty(fixture.Sink.Waits);
        release.SetResult(FakeTool.Done);
    }

    [Fact]
    public async Task Suspend_Tool_IsToldAndHeldAtItsCheckpoint()
    {
        var changes = new List<bool>();
        var release = new TaskCompletionSource();
        var ready = new TaskCompletionSource();
        var passed = false;
        await using var fixture = new RunnerFixture(async (_, context, token) =>
        {
            await context.CheckpointAsync(token);
            using (context.OnSuspend(changes.Add))
            {
                ready.SetResult();
                await release.Task;
                await context.CheckpointAsync(token);
                passed = true;
            }

            return FakeTool.Done;
        });
        fixture.Start();
        await ready.Task.WaitAsync(RunnerFixture.Patience);

        fixture.Host.Suspend(RunnerFixture.Session, "e1");
        fixture.Host.Suspend(RunnerFixture.Session, "e1");
        release.SetResult();
        Assert.False(passed);
        fixture.Host.Continue(RunnerFixture.Session, "e1");

        Assert.Equal(RunnerOutcome.Succeeded, (await fixture.Sink.End.WaitAsync(RunnerFixture.Patience)).Outcome);
        Assert.True(passed);
        Assert.Equal([true, false], changes);
    }

    [Fact]
    public async Task Suspend_ListenerThrows_DoesNotReachTheCaller()
    {
        var ready = new TaskCompletionSource();
        var release = new TaskCompletionSource<ToolResult>();
        await using var fixture = new RunnerFixture((_, context, _) =>
        {
            context.OnSuspend(_ => throw new InvalidOperationException("no"));
            ready.SetResult();
            return release.Task;
        });
        fixture.Start();
        await ready.Task;

        fixture.Host.Suspend(RunnerFixture.Session, "e1");

        Assert.Contains(fixture.Logger.Lines, line => line.Level == LogLevel.Warning);
        release.SetResult(FakeTool.Done);
    }

    [Fact]
    public async Task WriteInput_ToolThatReads_GetsItInOrderUntilTheEnd()
    {
        var begun = new TaskCompletionSource();
        var asked = new TaskCompletionSource();
        var read = new StringBuilder();
        await using var fixture = new RunnerFixture(async (_, context, token) =>
        {
            begun.SetResult();
            await asked.Task;
            while (await context.ReadInputAsync(token) is { IsEmpty: false } bytes) read.Append(Encoding.UTF8.GetString(bytes.Span));
            return FakeTool.Done;
        });
        Assert.Equal(InputOutcome.NotRunning, Write("0", "too soon"));
        fixture.Start(takesInput: true);
        await begun.Task.WaitAsync(RunnerFixture.Patience);

        Assert.Equal(InputOutcome.Taken, Write("1", "one "));
        Assert.Equal(InputOutcome.Taken, Write("2", "two"));
        Assert.Equal(InputOutcome.Full, Write("3", new string('x', 64 * 1024 - 6)));
        Assert.Equal(InputOutcome.Taken, Write("4", "!", end: true));
        Assert.Equal(InputOutcome.Ended, Write("5", "too late"));
        Assert.Equal(InputOutcome.NotRunning, fixture.Host.WriteInput(RunnerFixture.Session, "e1", 2, new("6", "", default, End: false)));
        asked.SetResult();

        await fixture.Sink.End.WaitAsync(RunnerFixture.Patience);
        Assert.Equal("one two!", read.ToString());

        InputOutcome Write(string id, string text, bool end = false) =>
            fixture.Host.WriteInput(RunnerFixture.Session, "e1", 1, new(id, text, Encoding.UTF8.GetBytes(text), end));
    }

    [Fact]
    public async Task WriteInput_SameIdAgain_IsTakenOnceHoweverMuchCameBetween()
    {
        var buffer = new InputBuffer();

        Assert.Equal(InputOutcome.Taken, buffer.Write(new("a", "1", "x"u8.ToArray(), End: false)));
        for (var i = 0; i < 999; i++) Assert.Equal(InputOutcome.Taken, buffer.Write(new($"b{i}", "", "y"u8.ToArray(), End: false)));
        Assert.Equal(InputOutcome.Taken, buffer.Write(new("a", "1", "x"u8.ToArray(), End: false)));
        Assert.Equal(InputOutcome.OtherContent, buffer.Write(new("a", "2", "z"u8.ToArray(), End: false)));

        var read = await buffer.ReadAsync(CancellationToken.None);
        Assert.Equal("x" + new string('y', 999), Encoding.UTF8.GetString(read.Span));
    }

    [Fact]
    public async Task WriteInput_AttemptThatTakesNone_IsRefusedAndReadsTheEnd()
    {
        var release = new TaskCompletionSource<ToolResult>();
        var read = new TaskCompletionSource<int>();
        await using var fixture = new RunnerFixture(async (_, context, token) =>
        {
            read.SetResult((await context.ReadInputAsync(token)).Length);
            return await release.Task;
        });
        fixture.Start();

        Assert.Equal(0, await read.Task.WaitAsync(RunnerFixture.Patience));
        Assert.Equal(InputOutcome.Unwanted, fixture.Host.WriteInput(RunnerFixture.Session, "e1", 1, new("a", "", "x"u8.ToArray(), End: false)));
        release.SetResult(FakeTool.Done);
    }

    [Fact]
    public async Task Acquire_BeyondTheCap_WaitsForARunnersEnd()
    {
        var release = new TaskCompletionSource<ToolResult>();
        await using var fixture = new RunnerFixture((_, _, _) => release.Task, options => options.MaxProcesses = 1);
        var slot = await fixture.AdmitAsync(startsProcess: true);
        var next = fixture.AdmitAsync(startsProcess: true);
        Assert.True(fixture.Start(admission: slot));
        Assert.False(next.IsCompleted);

        release.SetResult(FakeTool.Done);

        (await next.WaitAsync(RunnerFixture.Patience)).Dispose();
        slot.Dispose();
        using var again = await fixture.AdmitAsync(startsProcess: true).WaitAsync(RunnerFixture.Patience);
        Assert.False(fixture.AdmitAsync(startsProcess: true).IsCompleted);
    }

    [Fact]
    public async Task Stop_RunningTools_EndsThemAndReportsNothing()
    {
        await using var fixture = new RunnerFixture(async (_, _, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return FakeTool.Done;
        });
        fixture.Start("e1");
        fixture.Start("e2");

        await fixture.Host.StopAsync().WaitAsync(RunnerFixture.Patience);

        Assert.Empty(fixture.Sink.Calls);
        Assert.False(fixture.Start("e3"));
    }

    [Fact]
    public async Task Stop_OfASession_WaitsForWhatIsCancelledAlready()
    {
        var (entered, release) = (new TaskCompletionSource(), new TaskCompletionSource<ToolResult>());
        await using var fixture = new RunnerFixture((_, _, _) =>
        {
            entered.SetResult();
            return release.Task;
        });
        fixture.Start();
        await entered.Task.WaitAsync(RunnerFixture.Patience);
        fixture.Host.Cancel(RunnerFixture.Session, "e1");

        var stopping = fixture.Host.StopAsync(RunnerFixture.Session);
        Assert.True(fixture.Host.StopAsync(new SessionKey("acme", "other")).IsCompleted);
        Assert.False(stopping.IsCompleted);
        release.SetResult(FakeTool.Done);

        await stopping.WaitAsync(RunnerFixture.Patience);
    }

    [Fact]
    public async Task Stop_ToolThatDoesNotEnd_GivesUpInTime()
    {
        var entered = new TaskCompletionSource();
        var release = new TaskCompletionSource<ToolResult>();
        await using var fixture = new RunnerFixture((_, _, _) =>
        {
            entered.SetResult();
            return release.Task;
        });
        fixture.Start();
        await entered.Task.WaitAsync(RunnerFixture.Patience);

        var stopping = fixture.Host.StopAsync();
        Assert.False(stopping.IsCompleted);
        fixture.Advance(1_000);

        await stopping.WaitAsync(RunnerFixture.Patience);
        Assert.Contains(fixture.Logger.Lines, line => line.Level == LogLevel.Warning);
        release.SetResult(FakeTool.Done);
    }

    /// <summary>The end is told a moment before the runner is gone.</summary>
    private static async Task EndedAsync(RunnerFixture fixture, string execution, int attempt)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (fixture.Host.IsRunning(RunnerFixture.Session, execution, attempt))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < RunnerFixture.Patience);
            await Task.Yield();
        }
    }
}
