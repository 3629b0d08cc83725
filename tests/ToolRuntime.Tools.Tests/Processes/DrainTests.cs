using ToolRuntime.Tools.Tests.Support;
using Seen = ToolRuntime.Tools.Tests.Support.Processes;

namespace ToolRuntime.Tools.Tests.Processes;

/// <summary>What a shell has started may finish writing after the shell's own exit, for a while.</summary>
public sealed class DrainTests : IDisposable
{
    private readonly List<ToolHost> hosts = [];
    private readonly CancellationTokenSource cancel = new();
    private readonly string name = $"3{Random.Shared.Next(1_000_000, 9_999_999)}";

    public void Dispose()
    {
        cancel.Dispose();
        foreach (var host in hosts) host.Dispose();
    }

    [Theory]
    [InlineData("echo hi > >(sleep 0.2; cat)")]
    [InlineData("exec > >(sleep 0.2; tee -a l) 2>&1; echo hi")]
    [InlineData("(sleep 0.2; echo hi) &")]
    [InlineData("setsid sh -c 'sleep 0.2; echo hi' &")]
    public async Task Exit_DescendantStillWrites_NothingIsLost(string command)
    {
        var host = Host("00:00:20", "00:00:20");

        var result = await host.ShellAsync(command);

        Assert.Null(result.Error);
        Assert.Equal("hi\n", host.Context.Text());
        Assert.Equal("""{"exitCode":0}""", result.Result.Json);
    }

    [Fact]
    public async Task Exit_SilentDescendant_IsEndedAndNamed()
    {
        var host = Host("00:00:00.2", "00:01:00");

        var result = await host.ShellAsync($"sleep {name} & setsid sleep {name}1 & echo up").WaitAsync(Wait.Timeout);

        Assert.Equal("up\n", host.Context.Text());
        Assert.Equal([$"sleep {name}", $"sleep {name}1"], LeftoversOf(result).Order(StringComparer.Ordinal));
        Assert.Contains($"sleep {name}", result.Summary, StringComparison.Ordinal);
        Assert.Empty(Seen.With(name));
    }

    [Fact]
    public async Task Exit_DescendantWritesOnAndOn_IsEndedAtTheLatest()
    {
        var host = Host("00:00:20", "00:00:00.3");

        var result = await host.ShellAsync("while :; do echo x; read -t 0.02 < /dev/zero; done & exit 0").WaitAsync(Wait.Timeout);

        Assert.Single(LeftoversOf(result));
        Assert.StartsWith("x\n", host.Context.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Exit_DescendantWithoutThePipe_IsEndedAtOnce()
    {
        var host = Host("00:01:00", "00:01:00");

        // Before it has become another program, a child is called as its parent.
        var result = await host.ShellAsync($"sleep {name} >/dev/null 2>&1 & until [ \"$(cat /proc/$!/comm)\" = sleep ]; do :; done; echo up").WaitAsync(Wait.Timeout);

        Assert.Equal([$"sleep {name}"], LeftoversOf(result));
        Assert.Empty(Seen.With(name));
    }

    [Fact]
    public async Task Exit_OutputNotTakenYet_IsNoSilence()
    {
        var host = Host("00:00:00.1", "00:00:20");
        var taken = new TaskCompletionSource();
        host.Context.HoldOutput = token => taken.Task.WaitAsync(token);
        var running = host.ShellAsync("(echo first; sleep 0.5; touch late; until [ -e go ]; do sleep 0.01; done; echo second) & exit 0");
        await host.Context.OutputHasAsync("first");

        // Far longer than it may be silent.
        await Wait.UntilAsync(() => File.Exists(host.Folder.PathOf("late")), "some time has passed");
        await File.WriteAllTextAsync(host.Folder.PathOf("go"), "");
        taken.SetResult();

        Assert.Null((await running).Error);
        Assert.Equal("first\nsecond\n", host.Context.Text());
    }

    [Fact]
    public async Task Exit_NonZeroWithLeftovers_SaysSoInItsError()
    {
        var host = Host("00:00:00.2", "00:01:00");

        var result = await host.ShellAsync($"sleep {name} & exit 3").WaitAsync(Wait.Timeout);

        Assert.Equal("exit_code", result.Error!.Code);
        Assert.Contains($"sleep {name}", result.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_WhileDraining_EndsWhatIsLeft()
    {
        var host = Host("00:01:00", "00:01:00");
        var running = host.ShellAsync($"sleep {name} & echo up", cancel.Token);
        await host.Context.OutputHasAsync("up");
        await Wait.UntilAsync(() => Seen.With($"sleep\0{name}").Count == 1 && Seen.With($"sleep {name} &").Count == 0, "the shell has exited");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Wait.Timeout));
        Assert.Empty(Seen.With(name));
    }

    private ToolHost Host(string quiet, string longest)
    {
        var host = new ToolHost(("Shell:DrainQuiet", quiet), ("Shell:DrainLongest", longest));
        hosts.Add(host);
        return host;
    }

    private static IEnumerable<string?> LeftoversOf(ToolResult result) =>
        result.Result.ToElement().GetProperty("leftovers").EnumerateArray().Select(command => command.GetString());
}
