using System.Globalization;
using ToolRuntime.Events;
using ToolRuntime.Tools.Processes;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Shell;

public sealed class TerminalToolTests : IDisposable
{
    private readonly ToolHost host = new(("Terminal:ShellIntegration", "false"));

    public TerminalToolTests() => host.Context = new(host.Folder.Workspace) { HasInput = true };

    private FakeToolContext Context => host.Context;

    public void Dispose() => host.Dispose();

    [Fact]
    public async Task Command_ReadsItsSize_HasTheOneThatWasAskedFor()
    {
        var result = await RunAsync("stty size; tty; test -t 0 -a -t 1 -a -t 2 && echo all", 100, 30);

        Assert.Null(result.Error);
        Assert.StartsWith("30 100\r\n/dev/pts/", Shown, StringComparison.Ordinal);
        Assert.EndsWith("all\r\n", Shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resize_WhileItRuns_IsSeenByTheProgram()
    {
        var running = RunAsync("trap 'stty size; exit' WINCH; echo ready; while :; do sleep 0.05; done");
        await Context.OutputHasAsync("ready", OutputStream.Terminal);

        Assert.True(Context.Terminal!(new(Size: new(132, 43))));

        Assert.Null((await running.WaitAsync(Wait.Timeout)).Error);
        Assert.Contains("43 132", Shown, StringComparison.Ordinal);
        Assert.Null(Context.Terminal);
    }

    [Theory]
    [InlineData("SIGINT", 130)]
    [InlineData("SIGTERM", 143)]
    [InlineData("SIGKILL", 137)]
    public async Task Signal_ReachesTheForeground(string signal, int exitCode)
    {
        var running = RunAsync("echo ready; exec sleep 1000");
        await Context.OutputHasAsync("ready", OutputStream.Terminal);

        Assert.True(Context.Terminal!(new(Signal: signal)));

        var result = await running.WaitAsync(Wait.Timeout);
        Assert.Contains(exitCode.ToString(CultureInfo.InvariantCulture), result.Error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shell_ControlCAndControlZ_InterruptAndStopItsJobs()
    {
        var running = OpenAsync();
        await CatAsync("one");
        Context.Send("\u001a");
        await Context.OutputHasAsync("Stopped", OutputStream.Terminal);
        Context.Send("fg\r");
        await Context.OutputHasAsync("\rcat ", OutputStream.Terminal);
        Context.Send("two\r");
        await Context.OutputHasAsync("two\r\ntwo\r\n", OutputStream.Terminal);
        Context.Send("\u0003");
        await Context.OutputHasAsync("^C\r\n\u001b[?2004h", OutputStream.Terminal);
        Context.Send("echo $((40+2))\rexit\r");

        Assert.Null((await running.WaitAsync(Wait.Timeout)).Error);
        Assert.Contains("\r42\r\n", Shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("read -s -p 'Password: ' secret; echo; echo got ${#secret}")]
    [InlineData("python3 -c \"import getpass; print('got', len(getpass.getpass('Password: ')))\"")]
    public async Task Secret_TypedWhileEchoIsOff_IsInNoOutput(string command)
    {
        var running = RunAsync(command);
        await Context.OutputHasAsync("Password: ", OutputStream.Terminal);
        Context.Send("hunter2hunter2\r");

        Assert.Null((await running.WaitAsync(Wait.Timeout)).Error);
        Assert.Contains("got 14", Shown, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", Shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_OfAnyKind_ComeAsTheyAre()
    {
        var running = RunAsync("stty raw -echo; echo ready; head -c 259 | od -An -v -tx1 -w259; printf '\\377\\376\\000'");
        await Context.OutputHasAsync("ready", OutputStream.Terminal);
        Context.Send([.. Enumerable.Range(0, 256).Select(b => (byte)b), 0xe2, 0x82, 0xac]);
        await running.WaitAsync(Wait.Timeout);

        var hexadecimal = string.Join(' ', Enumerable.Range(0, 256).Select(b => b.ToString("x2", CultureInfo.InvariantCulture)));
        Assert.Contains($"{hexadecimal} e2 82 ac", Shown, StringComparison.Ordinal);
        Assert.Equal([0xff, 0xfe, 0x00], Context.Bytes(OutputStream.Terminal)[^3..]);
    }

    [Fact]
    public async Task Burst_OfTenMegabytes_ComesWholeAndWaitsForWhoTakesIt()
    {
        var taken = new TaskCompletionSource();
        Context.HoldOutput = token => taken.Task.WaitAsync(token);
        var running = RunAsync("head -c 10485760 /dev/zero | tr '\\0' x; touch done");
        await Context.OutputHasAsync("x", OutputStream.Terminal);

        Assert.True(Context.Bytes(OutputStream.Terminal).Length <= 8192, "More than one read is outstanding.");
        Assert.False(File.Exists(Path.Combine(host.Folder.Workspace, "done")));

        taken.SetResult();
        Assert.Null((await running.WaitAsync(Wait.Timeout)).Error);
        Assert.Equal(10_485_760, Context.Bytes(OutputStream.Terminal).Length);
    }

    [Fact]
    public async Task Pause_StopsJobsInGroupsOfTheirOwn_WithoutTheShellNoticing()
    {
        var running = OpenAsync();
        await CatAsync("one");
        Context.Suspend(true);
        var job = ProcessTable.All().Single(pid => ProcessTable.CommandLine(pid) == $"cat {Context.Workspace}/-");

        await Wait.UntilAsync(() => ProcessTable.IsStopped(job), "the job is stopped");

        Context.Suspend(false);
        Context.Send("two\r");
        await Context.OutputHasAsync("two\r\ntwo\r\n", OutputStream.Terminal);
        Context.Send("\u0003");
        // What is typed before the shell has its terminal back is the job's, and goes with it.
        await Context.OutputHasAsync("^C\r\n\u001b[?2004h", OutputStream.Terminal);
        Context.Send("exit\r");
        await running.WaitAsync(Wait.Timeout);
        Assert.DoesNotContain("Stopped", Shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_EndsShellAndJobs()
    {
        using var stop = new CancellationTokenSource();
        var running = OpenAsync(stop.Token);
        Context.Send("sleep 98765 & sleep 98766 & disown; echo ready\r");
        await Context.OutputHasAsync("\nready", OutputStream.Terminal);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Wait.Timeout));
        Assert.DoesNotContain(ProcessTable.All(), pid => ProcessTable.CommandLine(pid).StartsWith("sleep 9876", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Idle_ForTooLong_EndsIt()
    {
        using var quick = new ToolHost(("Terminal:Idle", "00:00:01"));
        quick.Context = new(quick.Folder.Workspace) { HasInput = true };

        var result = await quick.RunAsync("terminal", "{}").WaitAsync(Wait.Timeout);

        Assert.Equal("terminal_idle", result.Error?.Code);
    }

    [Fact]
    public async Task Shell_WhoseLastCommandFailed_HasStillEndedWell()
    {
        var running = OpenAsync();
        Context.Send("false\rexit\r");

        var result = await running.WaitAsync(Wait.Timeout);

        Assert.Equal("exit 1", result.Summary);
    }

    [Fact]
    public async Task ShellCall_WithTerminal_HasOne()
    {
        var result = await host.RunAsync("shell", """{"command":"stty size","terminal":{"cols":90,"rows":20}}""");

        Assert.Null(result.Error);
        Assert.Equal("20 90\r\n", Shown);
    }

    [IsolationFact]
    public async Task Isolated_Terminal_HasJobControlAndSeesNoOtherProcess()
    {
        using var isolated = new ToolHost(("Processes:Isolation", "Required"), ("Terminal:ShellIntegration", "false"));
        isolated.Context = new(isolated.Folder.Workspace) { HasInput = true };
        var running = isolated.RunAsync("terminal", "{}");
        isolated.Context.Send("echo up; cat\r");
        await isolated.Context.OutputHasAsync("\rup\r\n", OutputStream.Terminal);
        isolated.Context.Send("one\r");
        await isolated.Context.OutputHasAsync("one\r\none\r\n", OutputStream.Terminal);
        isolated.Context.Send("\u001a");
        await isolated.Context.OutputHasAsync("Stopped", OutputStream.Terminal);
        isolated.Context.Send("ls -d /proc/[0-9]* | wc -l; stty size; exit\rexit\r");

        Assert.Null((await running.WaitAsync(Wait.Timeout)).Error);
        Assert.Matches("\r[3-9]\r\n24 80", isolated.Context.Text(OutputStream.Terminal));
    }

    /// <summary>Opens something that answers each line, in a group of its own.</summary>
    private async Task CatAsync(string line)
    {
        Context.Send($"ln -s /dev/stdin '{Context.Workspace}/-'; echo up; cat '{Context.Workspace}/-'\r");
        // From here on a line is one, and no key of the shell's.
        await Context.OutputHasAsync("\rup\r\n", OutputStream.Terminal);
        Context.Send($"{line}\r");
        await Context.OutputHasAsync($"{line}\r\n{line}\r\n", OutputStream.Terminal);
    }

    private string Shown => Context.Text(OutputStream.Terminal);

    private Task<ToolResult> RunAsync(string command, int cols = 80, int rows = 24) =>
        host.RunAsync("terminal", $$"""{"command":{{System.Text.Json.JsonSerializer.Serialize(command)}},"cols":{{cols}},"rows":{{rows}}}""");

    private Task<ToolResult> OpenAsync(CancellationToken cancellationToken = default) => host.RunAsync("terminal", "{}", cancellationToken);
}
