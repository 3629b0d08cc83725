using System.Diagnostics;
using ToolRuntime.Tools.Processes;
using ToolRuntime.Tools.Tests.Support;
using Seen = ToolRuntime.Tools.Tests.Support.Processes;

namespace ToolRuntime.Tools.Tests.Processes;

/// <summary>No process of a silo outlives it, however it dies.</summary>
public sealed class WatchdogTests : IDisposable
{
    private readonly string name = $"4{Random.Shared.Next(1_000_000, 9_999_999)}";
    private readonly ToolHost host = new();

    public void Dispose() => host.Dispose();

    [Fact]
    public async Task SiloKilled_NoProcessIsLeft()
    {
        string[] commands =
        [
            $"sleep {name}",
            $"trap '' TERM HUP INT; sleep {name}; :",
            $"sleep {name} & kill -STOP $!; kill -STOP $$",
            $"setsid nohup sleep {name} >/dev/null 2>&1 & wait",
            $"setsid sh -c 'kill -STOP $$; sleep {name}' & sleep {name}",
            "yes",
        ];
        using var silo = StartSilo(["run", .. commands]);
        var nonce = (await silo.StandardOutput.ReadLineAsync().WaitAsync(Wait.Timeout))!;
        await Wait.UntilAsync(() => Marked(nonce).Count >= 9 && Marked(nonce).Count(pid => Seen.State(pid) == 'T') >= 3, "all started");
        Assert.Single(Seen.With(nonce));

        silo.Kill();

        await silo.WaitForExitAsync().WaitAsync(Wait.Timeout);
        await Wait.UntilAsync(() => Marked(nonce).Count == 0, "no process is left");
        await Wait.UntilAsync(() => Seen.With(nonce).Count == 0, "the watchdog is gone too");
        Assert.Empty(Seen.With($"sleep\0{name}"));
    }

    [Fact]
    public async Task SiloKilled_WithTerminals_NoJobOfThemIsLeft()
    {
        using var silo = StartSilo("terminals", $"bash --norc -ic 'sleep {name} & sleep {name}'", $"trap '' HUP; sleep {name}; :", $"setsid sleep {name} & wait");
        var nonce = (await silo.StandardOutput.ReadLineAsync().WaitAsync(Wait.Timeout))!;
        await Wait.UntilAsync(() => Seen.With($"sleep\0{name}").Count == 4, "all started");

        silo.Kill();

        await silo.WaitForExitAsync().WaitAsync(Wait.Timeout);
        await Wait.UntilAsync(() => Marked(nonce).Count == 0 && Seen.With($"sleep\0{name}").Count == 0, "no process is left");
    }

    [Fact]
    public async Task SiloHangs_LongerThanItsLease_NoProcessIsLeftAndItsAttemptsAreLost()
    {
        string nonce;
        using var silo = StartSilo("lease", $"sleep {name}", $"kill -STOP $$; sleep {name}", $"setsid sleep {name} & wait");
        try
        {
            nonce = (await silo.StandardOutput.ReadLineAsync().WaitAsync(Wait.Timeout))!;
            await Wait.UntilAsync(() => Marked(nonce).Count >= 4, "all started");

            Libc.Kill(silo.Id, Signal.Stop);

            await Wait.UntilAsync(() => Marked(nonce).Count == 0, "no process is left");
            Assert.Equal('T', Seen.State(silo.Id));

            Libc.Kill(silo.Id, Signal.Continue);
            for (var i = 0; i < 3; i++) Assert.Equal("runner_lost", await silo.StandardOutput.ReadLineAsync().WaitAsync(Wait.Timeout));
        }
        finally
        {
            silo.Kill();
            await silo.WaitForExitAsync().WaitAsync(Wait.Timeout);
        }

        await Wait.UntilAsync(() => Seen.With(nonce).Count == 0, "the watchdog is gone too");
    }

    [Fact]
    public async Task SiloKilled_WithALease_NoProcessIsLeft()
    {
        using var silo = StartSilo("lease", $"sleep {name}");
        var nonce = (await silo.StandardOutput.ReadLineAsync().WaitAsync(Wait.Timeout))!;
        await Wait.UntilAsync(() => Marked(nonce).Count >= 1, "started");

        silo.Kill();

        await silo.WaitForExitAsync().WaitAsync(Wait.Timeout);
        await Wait.UntilAsync(() => Marked(nonce).Count == 0 && Seen.With(nonce).Count == 0, "nothing is left");
    }

    [Fact]
    public async Task Lease_WhileTheSiloLives_ProcessesGoOn()
    {
        using var leased = new ToolHost(new RunnerLease(TimeSpan.FromSeconds(0.6)));
        await leased.Watchdog.StartAsync(default);

        var result = await leased.ShellAsync("sleep 1.5; echo done");

        Assert.Null(result.Error);
        Assert.Equal("done\n", leased.Context.Text());
    }

    [Fact]
    public async Task Lease_GivenUp_EndsAllAndNothingBegins()
    {
        var lease = new RunnerLease(TimeSpan.FromSeconds(60));
        using var leased = new ToolHost(lease);
        await leased.Watchdog.StartAsync(default);
        var running = leased.ShellAsync($"sleep {name}");
        await Wait.UntilAsync(() => Seen.With($"sleep\0{name}").Count == 1, "started");

        lease.GiveUp();

        Assert.Equal("""{"exitCode":137,"signal":"SIGKILL"}""", (await running).Result.Json);
        Assert.Equal("watchdog_unavailable", (await leased.ShellAsync("true")).Error!.Code);
    }

    [Fact]
    public async Task SiloKilled_NobodyHoldsItsOutput()
    {
        using var silo = StartSilo("run", $"sleep {name}");
        await silo.StandardOutput.ReadLineAsync().WaitAsync(Wait.Timeout);

        silo.Kill();

        Assert.Equal("", await silo.StandardOutput.ReadToEndAsync().WaitAsync(Wait.Timeout));
    }

    [Fact]
    public async Task SiloKilled_AtRandomMoments_NoProcessIsLeft()
    {
        for (var round = 0; round < 5; round++)
        {
            using var silo = StartSilo(["run", .. Enumerable.Repeat($"sleep {name} & sleep {name}", 20)]);
            var nonce = (await silo.StandardOutput.ReadLineAsync().WaitAsync(Wait.Timeout))!;
            await Wait.UntilAsync(() => Marked(nonce).Count >= 8 * round, "some started");

            silo.Kill();

            await silo.WaitForExitAsync().WaitAsync(Wait.Timeout);
            await Wait.UntilAsync(() => Seen.With(nonce).Count == 0 && Marked(nonce).Count == 0, "no process is left");
        }
    }

    [Fact]
    public async Task Watchdog_HasASessionOfItsOwn_AndIgnoresSignals()
    {
        await host.Watchdog.StartAsync(default);
        var watchdog = host.Watchdog.ProcessId!.Value;

        foreach (var signal in (int[])[1, 2, 15]) Assert.Equal(0, Libc.Kill(watchdog, (Signal)signal));
        await host.ShellAsync("true");

        Assert.True(Seen.IsAlive(watchdog));
        Assert.Equal(watchdog, Seen.Session(watchdog));
        Assert.DoesNotContain(host.Watchdog.Mark.Value, Seen.Read(watchdog, "environ"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watchdog_Killed_IsStartedAgainAndKnowsLiveGroups()
    {
        using var cancel = new CancellationTokenSource();
        var running = host.ShellAsync($"echo up; env -u TOOLRUNTIME_SILO sleep {name}", cancel.Token);
        await host.Context.OutputHasAsync("up");
        await Wait.UntilAsync(() => Seen.With($"sleep\0{name}").Count == 1, "started");
        var first = host.Watchdog.ProcessId!.Value;

        Libc.Kill(first, Signal.Kill);
        await Wait.UntilAsync(() => host.Watchdog.ProcessId is { } second && second != first, "started again");

        // Its variable is gone, so only the group can lead to it.
        host.Watchdog.Dispose();
        await Wait.UntilAsync(() => Seen.With($"sleep\0{name}").Count == 0, "killed by the second watchdog");
        Assert.Equal("""{"exitCode":137,"signal":"SIGKILL"}""", (await running).Result.Json);
    }

    [Fact]
    public async Task Watchdog_CannotRun_ShellFailsClearly()
    {
        host.Watchdog.Dispose();

        var result = await host.ShellAsync("echo ran");

        Assert.Equal("watchdog_unavailable", result.Error!.Code);
        Assert.Equal("", host.Context.Text());
    }

    // A killed silo can't remove its folder, so it lies in this test's.
    private Process StartSilo(params string[] arguments) => SiloProgram.Start(host.Folder.Outside, arguments);

    private static IReadOnlyList<int> Marked(string nonce) =>
        [.. ProcessTable.All().Where(pid => Seen.IsAlive(pid) && Seen.Read(pid, "environ").Contains($"TOOLRUNTIME_SILO={nonce}", StringComparison.Ordinal))];
}
