using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using ToolRuntime.Tools.Processes;
using ToolRuntime.Tools.Tests.Support;
using Seen = ToolRuntime.Tools.Tests.Support.Processes;

namespace ToolRuntime.Tools.Tests.Processes;

/// <summary>Whatever a command leaves behind, nothing of it is left when the tool's task ends.</summary>
public sealed class EndingTests : IDisposable
{
    private readonly ToolHost host = new();
    private readonly CancellationTokenSource cancel = new();
    private readonly string name = $"3{Random.Shared.Next(1_000_000, 9_999_999)}";

    public void Dispose()
    {
        cancel.Dispose();
        host.Dispose();
    }

    [Fact]
    public async Task Exit_BackgroundChild_IsKilled()
    {
        var result = await host.ShellAsync($"sleep {name} & echo started");

        Assert.Null(result.Error);
        Assert.Equal("started\n", host.Context.Text());
        Assert.Empty(Seen.With(name));
    }

    [Fact]
    public async Task Exit_ChildInItsOwnSession_IsKilled()
    {
        var result = await host.ShellAsync($"setsid nohup sh -c 'echo $$; sleep {name}' & while ! pgrep -f 'sleep {name}' >/dev/null; do :; done");

        Assert.Null(result.Error);
        Assert.Empty(Seen.With($"sleep {name}"));
    }

    [Fact]
    public async Task Exit_HiddenChildHoldsThePipe_EndsAllTheSame()
    {
        // With its environment emptied only a control group finds it; it must not hold the tool up either.
        var result = await host.ShellAsync($"env -i setsid sleep {name} & while ! pgrep -f '^sleep {name}' >/dev/null; do :; done; echo done");

        Assert.Null(result.Error);
        Assert.Equal("done\n", host.Context.Text());
        foreach (var pid in Seen.With(name)) Process.GetProcessById(pid).Kill();
    }

    [Theory]
    [InlineData("shell")]
    [InlineData("terminal")]
    public async Task Exit_HiddenChildGoesOnPrinting_EndsAllTheSame(string tool)
    {
        using var groups = new ControlGroups(NullLogger<ControlGroups>.Instance, () => []);
        using var bare = new ToolHost(null, [("Shell:DrainLongest", "00:00:00.2")], groups);
        var command = $"env -i setsid sh -c 'while :; do echo {name}; done' & while ! pgrep -f '^sh -c while :; do echo {name}' >/dev/null; do :; done";

        var result = await bare.RunAsync(tool, JsonSerializer.Serialize(new { command })).WaitAsync(Wait.Timeout);

        Assert.Null(result.Error);
        foreach (var pid in Seen.With(name)) Process.GetProcessById(pid).Kill();
    }

    [Fact]
    public async Task Cancel_PlainCommand_GetsSigtermFirst()
    {
        var running = host.ShellAsync("trap 'echo bye > ended; exit 0' TERM; echo up; while :; do sleep 0.01; done", cancel.Token);
        await host.Context.OutputHasAsync("up");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.True(File.Exists(host.Folder.PathOf("ended")));
    }

    [Fact]
    public async Task Cancel_SigtermIgnored_KillsAfterTheGrace()
    {
        var running = host.ShellAsync($"trap '' TERM; echo up; sleep {name}", cancel.Token);
        await host.Context.OutputHasAsync("up");

        var start = Stopwatch.GetTimestamp();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.InRange(Stopwatch.GetElapsedTime(start), ToolProcess.Grace, Wait.Timeout);
        Assert.Empty(Seen.With(name));
    }

    [Fact]
    public async Task Cancel_StoppedGroup_Ends()
    {
        var running = host.ShellAsync($"echo $$; sleep {name}; exit 1", cancel.Token);
        var leader = await LeaderAsync();
        host.Context.Suspend(true);
        await Wait.UntilAsync(() => Seen.State(leader) == 'T', "stopped");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.False(Seen.IsAlive(leader));
        Assert.Empty(Seen.With(name));
    }

    [Fact]
    public async Task Cancel_WholeTreeWithEscapees_Ends()
    {
        var running = host.ShellAsync($"(sleep {name} & setsid sh -c 'trap \"\" TERM; sleep {name}; :' & nohup sleep {name} & wait) & echo up; wait", cancel.Token);
        await host.Context.OutputHasAsync("up");
        await Wait.UntilAsync(() => Seen.With($"sleep\0{name}").Count == 3, "all started");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Empty(Seen.With(name));
    }

    [Fact]
    public async Task Cancel_OutputNotTaken_Ends()
    {
        host.Context.HoldOutput = token => Task.Delay(Timeout.Infinite, token);
        var running = host.ShellAsync("trap 'seq 1 100000; exit 0' TERM; yes & echo up; wait; wait", cancel.Token);
        await host.Context.OutputHasAsync("\n");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Suspend_Group_StopsAndGoesOn()
    {
        var running = host.ShellAsync("echo $$; while [ ! -e go ]; do sleep 0.01; done; echo woke", cancel.Token);
        var leader = await LeaderAsync();

        host.Context.Suspend(true);
        await Wait.UntilAsync(() => Seen.State(leader) == 'T', "stopped");
        await File.WriteAllTextAsync(host.Folder.PathOf("go"), "");
        Assert.Equal('T', Seen.State(leader));
        host.Context.Suspend(false);

        Assert.Null((await running).Error);
        Assert.EndsWith("woke\n", host.Context.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OutputFails_CommandEndsAndTheFailureIsThrown()
    {
        host.Context.HoldOutput = _ => throw new InvalidOperationException("lost");

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => host.ShellAsync($"echo up; sleep {name}"));

        Assert.Equal("lost", exception.Message);
        Assert.Empty(Seen.With(name));
    }

    private async Task<int> LeaderAsync() => int.Parse((await host.Context.OutputHasAsync("\n")).Split('\n')[0], CultureInfo.InvariantCulture);
}
