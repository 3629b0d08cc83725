using System.Text.Json;
using ToolRuntime.Events;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Sandboxes;

public sealed class DaytonaCommandTests
{
    [Fact]
    public async Task Shell_InASandbox_StreamsBothStreamsAndTellsTheExitCode()
    {
        await using var host = await SandboxHost.StartAsync();
        host.Server.Piece = 7;

        var result = await host.ShellAsync("printf 'a\\nb'; printf 'c\\n\\001\\001\\001d' >&2; pwd > where; exit 3");

        Assert.Equal(("exit_code", "The command ended with exit code 3."), (result.Error?.Code, result.Error?.Message));
        Assert.Equal("a\nb", host.Context.Text());
        Assert.Equal("c\n\u0001\u0001\u0001d", host.Context.Text(OutputStream.Stderr));
        Assert.Equal(host.Server.Sandbox.Workspace + "\n", await File.ReadAllTextAsync(Path.Combine(host.Server.Sandbox.Workspace, "where")));
        Assert.Empty(Directory.GetFileSystemEntries(host.Context.Workspace));
        Assert.Empty(host.Server.Sandbox.Sessions);
        Assert.Equal(host.Server.Requests.Count, host.Context.Counters.ApiCalls);
    }

    [Fact]
    public async Task Shell_SecondCall_UsesTheSameSandbox()
    {
        await using var host = await SandboxHost.StartAsync();

        await host.ShellAsync("echo kept > file");
        var result = await host.ShellAsync("cat file");

        Assert.Null(result.Error);
        Assert.Equal("kept\n", host.Context.Text());
        var body = JsonDocument.Parse(Assert.Single(host.Server.Created)).RootElement;
        Assert.Equal(("dev", "s1"), (body.GetProperty("labels").GetProperty("toolruntime.tenant").GetString(), body.GetProperty("labels").GetProperty("toolruntime.session").GetString()));
        Assert.Equal((15, false), (body.GetProperty("autoStopInterval").GetInt32(), body.GetProperty("public").GetBoolean()));
    }

    [Fact]
    public async Task Shell_ManyAtATimeOnTwoSilos_MakeOneSandbox()
    {
        await using var host = await SandboxHost.StartAsync();
        using var other = new ToolHost(("Sandbox:Daytona:ApiUrl", host.Server.Url + "/api"), ("Sandbox:Daytona:ApiKey", DaytonaServer.Key));

        var results = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => i % 2 == 0 ? host.ShellAsync("echo x") : other.ShellAsync("echo x")));

        Assert.All(results, result => Assert.Null(result.Error));
        Assert.Single(host.Server.Created);
    }

    [Fact]
    public async Task Shell_StoppedMeanwhile_StartsItAgain()
    {
        await using var host = await SandboxHost.StartAsync();
        await host.ShellAsync("echo kept > file");
        host.Server.Sandbox.State = "stopped";

        Assert.Null((await host.ShellAsync("cat file")).Error);

        Assert.Equal("kept\n", host.Context.Text());
        Assert.Single(host.Server.Created);
    }

    [Fact]
    public async Task Shell_FolderAndVariables_AreTheCalls()
    {
        await using var host = await SandboxHost.StartAsync();
        await host.ShellAsync("mkdir sub; ln -s / out");

        Assert.Null((await host.RunAsync("shell", new { command = "pwd; echo \"$A\" \"${PASSED-none}\"", workingDirectory = "sub", environment = new { A = "it's" } })).Error);
        Assert.Equal($"{host.Server.Sandbox.Workspace}/sub\nit's none\n", host.Context.Text());
        Assert.Equal("not_found", (await host.RunAsync("shell", new { command = "pwd", workingDirectory = "none" })).Error?.Code);
        Assert.Equal("path_outside_workspace", (await host.RunAsync("shell", new { command = "pwd", workingDirectory = "out" })).Error?.Code);
        Assert.Equal("path_outside_workspace", (await host.RunAsync("shell", new { command = "pwd", workingDirectory = "../x" })).Error?.Code);
    }

    [Fact]
    public async Task Shell_Cancelled_EndsTheCommandInTheSandbox()
    {
        await using var host = await SandboxHost.StartAsync();
        using var stop = new CancellationTokenSource();
        var mark = $"sleep 98{Random.Shared.Next(100_000, 999_999)}";

        var running = host.ShellAsync($"trap '' TERM; echo up; {mark} & {mark}", stop.Token);
        await host.Context.OutputHasAsync("up");
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await Wait.UntilAsync(() => Support.Processes.With(mark) is [], "nothing of it runs");
        Assert.Empty(host.Server.Sandbox.Sessions);
    }

    [Theory]
    [InlineData("")]
    [InlineData("setsid ")]
    public async Task Shell_LeavesSomethingRunning_EndsItAndSaysSo(string before)
    {
        await using var host = await SandboxHost.StartAsync(("Shell:DrainQuiet", "00:00:00"));
        var mark = $"sleep 97{Random.Shared.Next(100_000, 999_999)}";

        var result = await host.ShellAsync($"{before}{mark} & echo done");

        Assert.Null(result.Error);
        Assert.Equal("done\n", host.Context.Text());
        Assert.Contains("what it left running was ended", result.Summary, StringComparison.Ordinal);
        await Wait.UntilAsync(() => Support.Processes.With(mark) is [], "nothing of it runs");
    }

    [Fact]
    public async Task Shell_Input_IsPassedOnByteForByteToItsEnd()
    {
        await using var host = await SandboxHost.StartAsync();
        host.Tools.Context = new(host.Tools.Folder.Workspace) { HasInput = true };
        var running = host.RunAsync("shell", new { command = "read -r line; echo \"got $line\"; wc -c", input = true });
        host.Context.Send("hello\n");
        await host.Context.OutputHasAsync("got hello");
        host.Context.Send("no line's end");
        host.Context.EndInput();

        Assert.Null((await running).Error);
        Assert.Equal("got hello\n13\n", host.Context.Text());
    }

    [Fact]
    public async Task Shell_Paused_StandsStill()
    {
        await using var host = await SandboxHost.StartAsync();
        var mark = $"sleep 96{Random.Shared.Next(100_000, 999_999)}";
        using var stop = new CancellationTokenSource();
        var running = host.ShellAsync($"echo up; {mark}; true", stop.Token);
        await host.Context.OutputHasAsync("up");

        host.Context.Suspend(true);
        await Wait.UntilAsync(() => Support.Processes.With(mark) is [_, ..] all && all.All(pid => Support.Processes.State(pid) is 'T' or 'S') && all.Any(pid => Support.Processes.State(pid) == 'T'), "it is stopped");
        host.Context.Suspend(false);
        await Wait.UntilAsync(() => Support.Processes.With(mark) is [_, ..] all && all.All(pid => Support.Processes.State(pid) != 'T'), "it goes on");
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Shell_HearsNothingOfItsSiloAnyMore_Ends()
    {
        await using var host = await SandboxHost.StartAsync();

        // Its own folder is named by the token among the arguments of what started it.
        var result = await host.ShellAsync("token=$(tr '\\n\\0' ' \\n' < /proc/$PPID/cmdline | sed -n 5p); touch -d '1 hour ago' /tmp/.toolruntime/$token/beat; sleep 93");

        Assert.Equal("The command ended with exit code 137 (SIGKILL).", result.Error?.Message);
    }

    [Fact]
    public async Task Code_InASandbox_RunsWithItsInputAndReportsFiles()
    {
        await using var host = await SandboxHost.StartAsync();
        await host.RunAsync("file_write", new { path = "old.txt", content = "1\n" });

        var result = await host.RunAsync("code", new
        {
            language = "bash",
            source = "echo \"$0: $1 $(cat)\"\necho x > new.txt; echo 22 > old.txt; mkdir .hidden; touch .hidden/x",
            stdin = "typed 'before'",
            arguments = new[] { "a b" },
        });

        Assert.Null(result.Error);
        Assert.Equal(".code-e1.sh: a b typed 'before'\n", host.Context.Text());
        Assert.Equal(
            """{"exitCode":0,"files":[{"path":"new.txt","change":"created","bytes":2},{"path":"old.txt","change":"changed","bytes":3}]}""", result.Result.Json);
        Assert.Empty(Directory.GetFiles(host.Server.Sandbox.Workspace, ".code*"));
    }

    [Fact]
    public async Task Code_MissingInterpreter_IsToldAsSuch()
    {
        await using var host = await SandboxHost.StartAsync(("Code:JavaScript", "no-such-node"));

        var result = await host.RunAsync("code", new { language = "javascript", source = "1" });

        Assert.Equal(new("interpreter_missing", "JavaScript is not installed in the sandbox: there is no 'no-such-node'."), result.Error);
    }

    [Fact]
    public void Describe_WithAndWithoutAKey_SaysWhereToolsWork()
    {
        using var local = new ToolHost();
        using var remote = new ToolHost(("Sandbox:Daytona:ApiKey", DaytonaServer.Key));
        using var chosen = new ToolHost(("Sandbox:Daytona:ApiKey", DaytonaServer.Key), ("Sandbox:Kind", "Local"));

        foreach (var tool in (string[])["shell", "code", "file_read", "file_write", "file_list", "file_replace_lines", "file_publish"])
        {
            Assert.Equal(("local", "daytona", "local"), (local.Tool(tool).Descriptor.Sandbox, remote.Tool(tool).Descriptor.Sandbox, chosen.Tool(tool).Descriptor.Sandbox));
        }

        Assert.Null(remote.Tool("shell").Descriptor.Containment);
    }
}
