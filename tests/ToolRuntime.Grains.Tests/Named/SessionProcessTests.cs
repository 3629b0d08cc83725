using Microsoft.Extensions.DependencyInjection;
using ToolRuntime.Commands;
using ToolRuntime.Events;
using ToolRuntime.Grains.Tests.Support;
using ToolRuntime.Named;
using ToolRuntime.Tools;

namespace ToolRuntime.Grains.Tests.Named;

/// <summary>Named processes from the session's door to their runs.</summary>
public sealed class SessionProcessTests
{
    private static readonly NamedRestart Soon = new(NamedRestartPolicy.OnFailure, MaxRestarts: 2, BackoffMs: 10, MaxBackoffMs: 10, ResetAfterMs: 86_400_000);

    private readonly ScriptedRuns runs = new();

    [Fact]
    public async Task Put_WithStart_RunsItAndTellsHowItStands()
    {
        await using var cluster = await StartAsync();
        var watch = await cluster.WatchAsync();

        await cluster.DoAsync(new PutProcess("web", new("./serve", Ready: new("up")), Start: true));
        var run = await runs.NextAsync();
        run.Tell(NamedRunContract.Running, 7);
        await watch.NextAsync<ProcessChanged>(e => e is { State: NamedProcessState.Running, Pid: 7 });
        run.Tell(NamedRunContract.Ready, 7);
        var ready = await watch.NextAsync<ProcessChanged>(e => e.State == NamedProcessState.Ready);
        run.Exit(0);
        var completed = await watch.NextAsync<ProcessChanged>(e => e.State == NamedProcessState.Completed);

        Assert.Equal(("web", "./serve"), (run.Name, run.Command));
        Assert.Equal((run.ExecutionId, 7, NamedDesired.Running), (ready.Run, ready.Pid, ready.Desired));
        Assert.Equal((0, null, NamedDesired.Stopped), (completed.ExitCode, completed.Pid, completed.Desired));
        var shown = (await cluster.Session().GetProcessesAsync(SessionCluster.Alice)).Value.ToElement().GetProperty("processes")[0];
        Assert.Equal(("web", "completed", "./serve"), (shown.GetProperty("name").GetString(), shown.GetProperty("state").GetString(), shown.GetProperty("process").GetProperty("command").GetString()));
    }

    [Fact]
    public async Task Failure_ByPolicy_IsRunAgainUntilItIsGivenUp()
    {
        await using var cluster = await StartAsync();
        var watch = await cluster.WatchAsync();

        await cluster.DoAsync(new PutProcess("web", new("./serve", Restart: Soon), Start: true));
        var seen = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            var run = await runs.NextAsync();
            seen.Add(run.ExecutionId);
            run.Exit(3);
        }

        var events = await watch.UntilAsync(e => e is ProcessChanged { State: NamedProcessState.Failed });
        var changes = events.OfType<ProcessChanged>().ToList();
        Assert.Equal(3, seen.Distinct().Count());
        Assert.Equal([1, 2], changes.Where(e => e.State == NamedProcessState.Backoff).Select(e => e.Restarts));
        Assert.All(changes.Where(e => e.State == NamedProcessState.Backoff), e => Assert.Equal((3, true), (e.ExitCode, e.NextRestartAt is not null)));
        Assert.Equal(("restarts_exhausted", NamedDesired.Stopped), (changes[^1].Error!.Code, changes[^1].Desired));
        Assert.Equal(1, runs.MostAtOnce);
    }

    [Fact]
    public async Task Start_WithDependencies_StartsThemFirstAndWaits()
    {
        await using var cluster = await StartAsync();
        var watch = await cluster.WatchAsync();
        await cluster.DoAsync(new PutProcess("db", new("db", Ready: new("up"))));
        await cluster.DoAsync(new PutProcess("migrate", new("migrate", DependsOn: [new("db", NamedCondition.Ready)])));
        await cluster.DoAsync(new PutProcess("web", new("web", DependsOn: [new("migrate", NamedCondition.Completed), new("db")])));

        await cluster.DoAsync(new StartProcess("web"));
        var db = await runs.NextAsync();
        await watch.NextAsync<ProcessChanged>(e => e is { Name: "db", State: NamedProcessState.Running });
        db.Tell(NamedRunContract.Ready, 1);
        var migrate = await runs.NextAsync();
        migrate.Exit(0);
        var web = await runs.NextAsync();

        Assert.Equal(("db", "migrate", "web"), (db.Name, migrate.Name, web.Name));
        var events = await watch.UntilAsync(e => e is ProcessChanged { Name: "web", State: NamedProcessState.Running });
        Assert.Contains(events, e => e is ProcessChanged { Name: "migrate", State: NamedProcessState.Completed });
    }

    [Fact]
    public async Task Stop_OfOneThatRuns_IsStoppedByItsOwnAndStays()
    {
        await using var cluster = await StartAsync();
        var watch = await cluster.WatchAsync();
        await cluster.DoAsync(new PutProcess("web", new("web", Restart: new(NamedRestartPolicy.Always)), Start: true));
        var first = await runs.NextAsync();

        await cluster.DoAsync(new StopProcess("web"));
        var stopped = await watch.NextAsync<ProcessChanged>(e => e.State == NamedProcessState.Stopped);
        await cluster.DoAsync(new StopProcess("web"));
        await cluster.DoAsync(new StartProcess("web"));
        var second = await runs.NextAsync();

        Assert.True(first.Ended.IsCompleted);
        Assert.Equal((143, NamedDesired.Stopped, 0), (stopped.ExitCode, stopped.Desired, stopped.Restarts));
        Assert.NotEqual(first.ExecutionId, second.ExecutionId);
        Assert.Equal(1, runs.MostAtOnce);
    }

    [Fact]
    public async Task Stop_OfOneThatDoesNotHear_IsCancelledAfterItsGrace()
    {
        runs.Deaf = true;
        var clock = new FakeTimeProvider();
        await using var cluster = await StartAsync(clock);
        var watch = await cluster.WatchAsync();
        await cluster.DoAsync(new PutProcess("web", new("web", Stop: new(GraceMs: 1_000)), Start: true));
        await runs.NextAsync();
        await cluster.DoAsync(new StopProcess("web"));
        await watch.NextAsync<ProcessChanged>(e => e.State == NamedProcessState.Stopping);

        var stopped = watch.NextAsync<ProcessChanged>(e => e.State == NamedProcessState.Stopped);
        for (var i = 0; !stopped.IsCompleted && i < 10_000; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(250));
            await cluster.Session().GetExecutionAsync("nobody", SessionCluster.Alice);
        }

        Assert.Equal(NamedDesired.Stopped, (await stopped).Desired);
    }

    [Fact]
    public async Task Restart_WithAnotherDefinition_RunsThatAfterTheEndOfTheFirst()
    {
        await using var cluster = await StartAsync();
        await cluster.DoAsync(new PutProcess("web", new("one"), Start: true));
        var first = await runs.NextAsync();

        await cluster.DoAsync(new PutProcess("web", new("two")));
        Assert.False(first.Ended.IsCompleted);
        await cluster.DoAsync(new RestartProcess("web"));
        var second = await runs.NextAsync();

        Assert.Equal((true, "two", 1), (first.Ended.IsCompleted, second.Command, runs.MostAtOnce));
    }

    [Fact]
    public async Task Restarted_Silo_RunsWhatIsWantedAndNothingElse()
    {
        await using var cluster = await StartAsync();
        await cluster.DoAsync(new PutProcess("web", new("web", Restart: new(NamedRestartPolicy.Always)), Start: true));
        await cluster.DoAsync(new PutProcess("once", new("once"), Start: true));
        await cluster.DoAsync(new PutProcess("off", new("off", Restart: new(NamedRestartPolicy.Always)), Start: true));
        for (var i = 0; i < 3; i++) await runs.NextAsync();
        await cluster.DoAsync(new StopProcess("off"));
        await cluster.UntilAsync(async () => await StateAsync(cluster, "off") == "stopped");

        await cluster.RestartAsync();
        await cluster.Journal().RecoverAsync();

        Assert.Equal("web", (await runs.NextAsync()).Name);
        await cluster.UntilAsync(async () => await StateAsync(cluster, "once") == "failed");
        Assert.Equal(("stopped", "running"), (await StateAsync(cluster, "off"), await StateAsync(cluster, "web") is "running" or "starting" ? "running" : "?"));
    }

    [Fact]
    public async Task Start_WhereCommandLinesNeedApproval_WaitsForItAndFailsWhereItIsDenied()
    {
        await using var cluster = await StartAsync();
        var watch = await cluster.WatchAsync();
        await cluster.DoAsync(new ConfigureSession(new("""{"approvalRequired":["shell"]}""")));

        await cluster.DoAsync(new PutProcess("web", new("web", Restart: new(NamedRestartPolicy.Always)), Start: true));
        var asked = await watch.NextAsync<ToolApprovalRequired>();
        Assert.Equal("starting", await StateAsync(cluster, "web"));
        await cluster.DoAsync(new DenyTool(asked.ExecutionId!));

        Assert.Equal(ToolErrorCodes.Denied, (await watch.NextAsync<ProcessChanged>(e => e.State == NamedProcessState.Failed)).Error?.Code);
        await cluster.DoAsync(new StartProcess("web"));
        await cluster.DoAsync(new ApproveTool((await watch.NextAsync<ToolApprovalRequired>()).ExecutionId!));
        Assert.Equal("web", (await runs.NextAsync()).Name);
        await cluster.DoAsync(new StopProcess("web"));
        await cluster.DoAsync(new StartProcess("web"));
        await watch.NextAsync<ToolApprovalRequired>();
        await cluster.DoAsync(new StopProcess("web"));
        await watch.NextAsync<ProcessChanged>(e => e is { State: NamedProcessState.Stopped, ExitCode: null });
    }

    [Fact]
    public async Task Cancel_OfTheRun_StopsIt()
    {
        await using var cluster = await StartAsync();
        var watch = await cluster.WatchAsync();
        await cluster.DoAsync(new PutProcess("web", new("web", Restart: new(NamedRestartPolicy.Always)), Start: true));
        var run = await runs.NextAsync();

        await cluster.DoAsync(new CancelTool(run.ExecutionId));

        Assert.Equal(NamedDesired.Stopped, (await watch.NextAsync<ProcessChanged>(e => e.State == NamedProcessState.Stopped)).Desired);
    }

    [Fact]
    public async Task Reset_WithOneThatRuns_EndsAndForgetsIt()
    {
        await using var cluster = await StartAsync();
        await cluster.DoAsync(new PutProcess("web", new("web", Restart: new(NamedRestartPolicy.Always)), Start: true));
        await runs.NextAsync();

        await cluster.DoAsync(new ResetSession());

        Assert.Equal(0, (await cluster.Session().GetProcessesAsync(SessionCluster.Alice)).Value.ToElement().GetProperty("processes").GetArrayLength());
        await cluster.DoAsync(new PutProcess("web", new("anew"), Start: true));
        Assert.Equal("anew", (await runs.NextAsync()).Command);
        Assert.Equal(1, runs.MostAtOnce);
    }

    [Fact]
    public async Task Command_ThatCanNotBe_SaysWhy()
    {
        await using var cluster = await StartAsync();
        await cluster.DoAsync(new PutProcess("db", new("db"), Start: true));
        await cluster.DoAsync(new PutProcess("web", new("web", DependsOn: [new("db")])));

        foreach (SessionCommand command in (SessionCommand[])[new StartProcess("nobody"), new StopProcess("nobody"), new RestartProcess("nobody"), new RemoveProcess("nobody")])
        {
            Assert.Equal(ErrorCode.NotFound, await CodeAsync(cluster, command));
        }

        Assert.Equal(ErrorCode.Conflict, await CodeAsync(cluster, new RemoveProcess("db")));
        await cluster.DoAsync(new StopProcess("db"));
        await cluster.UntilAsync(async () => await StateAsync(cluster, "db") == "stopped");
        Assert.Equal(ErrorCode.Conflict, await CodeAsync(cluster, new RemoveProcess("db")));
        Assert.Equal(ErrorCode.InvalidCommand, await CodeAsync(cluster, new PutProcess("db", new("db", DependsOn: [new("web")]))));
        await cluster.DoAsync(new RemoveProcess("web"));
        await cluster.DoAsync(new RemoveProcess("db"));
        Assert.Equal(0, (await cluster.Session().GetProcessesAsync(SessionCluster.Alice)).Value.ToElement().GetProperty("processes").GetArrayLength());
        Assert.Equal(ErrorCode.Forbidden, (await cluster.Session().ExecuteAsync("x", new PutProcess("a", new("a")), SessionCluster.Bob)).Error?.Code);
    }

    private static async Task<ErrorCode?> CodeAsync(SessionCluster cluster, SessionCommand command) =>
        (await cluster.Session().ExecuteAsync(Guid.NewGuid().ToString(), command, SessionCluster.Alice)).Error?.Code;

    private static async Task<string?> StateAsync(SessionCluster cluster, string name) =>
        (await cluster.Session().GetProcessesAsync(SessionCluster.Alice)).Value.ToElement().GetProperty("processes").EnumerateArray().Single(process => process.GetProperty("name").GetString() == name).GetProperty("state").GetString();

    private Task<SessionCluster> StartAsync(TimeProvider? clock = null) => SessionCluster.StartAsync(clock: clock, more: host => host.Services.AddSingleton<ITool>(runs).AddSingleton<ITool>(new FakeTool("shell")));
}
