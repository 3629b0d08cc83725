using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ToolRuntime.Events;
using ToolRuntime.Tools.Processes;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Processes;

/// <summary>Tries, from inside a tool of one tenant, to get at what is another's. Skipped where the host does not allow isolation.</summary>
public sealed class IsolationTests : IDisposable
{
    private readonly ToolHost host = new(("Processes:Isolation", "Required"));
    private readonly ToolHost other = new(("Processes:Isolation", "Required"));
    private readonly CancellationTokenSource cancel = new();

    public void Dispose()
    {
        cancel.Dispose();
        other.Dispose();
        host.Dispose();
    }

    [IsolationFact]
    public async Task Shell_Workspace_IsReadAndWritten()
    {
        await File.WriteAllTextAsync(host.Folder.PathOf("in.txt"), "given");

        var result = await host.ShellAsync("cat in.txt >out.txt && echo more >>in.txt && mkdir deep && touch deep/file && pwd && echo x >/tmp/own && cat /tmp/own");

        Assert.Equal((null, $"{host.Folder.Workspace}\nx\n"), (result.Error, host.Context.Text()));
        Assert.Equal("given", await File.ReadAllTextAsync(host.Folder.PathOf("out.txt")));
        Assert.True(File.Exists(host.Folder.PathOf("deep/file")));
        Assert.False(File.Exists("/tmp/own"));
    }

    [IsolationFact]
    public async Task Shell_AnotherTenantsFiles_AreNotThere()
    {
        await File.WriteAllTextAsync(other.Folder.PathOf("secret.txt"), "secret");
        File.CreateSymbolicLink(host.Folder.PathOf("link"), other.Folder.PathOf("secret.txt"));

        await host.ShellAsync(
            $"cat {other.Folder.PathOf("secret.txt")} link /proc/1/root{other.Folder.PathOf("secret.txt")}; ls {Path.GetDirectoryName(other.Folder.Workspace)} {Path.GetDirectoryName(host.Folder.Workspace)} /root /home /var/lib");

        Assert.Equal($"{Path.GetDirectoryName(host.Folder.Workspace)}:\nworkspace\n", host.Context.Text());
    }

    [IsolationFact]
    public async Task Shell_AnotherTenantsProcess_IsNeitherSeenNorSignalled()
    {
        var running = other.ShellAsync("trap 'echo signalled; exit' TERM; echo $$ up; while :; do sleep 0.05; done", cancel.Token);
        await other.Context.OutputHasAsync("up");
        var outside = ProcessTable.All().Where(pid => Support.Processes.Read(pid, "cmdline").Contains("echo signalled", StringComparison.Ordinal)).ToArray();

        await host.ShellAsync($"kill -TERM {string.Join(' ', outside)} {Environment.ProcessId}; kill -TERM -1; ls -d /proc/[0-9]* | wc -l; cat /proc/{Environment.ProcessId}/environ");

        Assert.NotEmpty(outside);
        Assert.DoesNotContain("signalled", other.Context.Text(), StringComparison.Ordinal);
        Assert.InRange(int.Parse(host.Context.Text().Split('\n')[0], CultureInfo.InvariantCulture), 1, 10);
        Assert.False(running.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [IsolationFact]
    public async Task Shell_System_IsReadOnlyAndWithoutSecrets()
    {
        await host.ShellAsync(
            "for f in /usr/x /etc/x /x /opt/x /dev/x /proc/sys/kernel/hostname /proc/sysrq-trigger; do if (echo y >$f) 2>/dev/null; then echo wrote $f; fi; done; cat /etc/shadow; mount -t tmpfs t /mnt; unshare -U true && echo unshared; grep CapEff /proc/self/status; id -u");

        Assert.Equal("CapEff:\t0000000000000000\n1000\n", host.Context.Text());
    }

    [IsolationFact]
    public async Task Shell_DataFolderBelowAFolderThatIsShown_IsNotThereButForTheWorkspace()
    {
        var data = Path.GetDirectoryName(host.Folder.Workspace)!;
        using var shown = new ToolHost(("Processes:Isolation", "Required"), ("Processes:ReadOnlyPaths:0", data));
        shown.Context = host.Context;
        await File.WriteAllTextAsync(Path.Combine(host.Folder.Outside, "secret.txt"), "secret");
        shown.Get<IOptions<ProcessOptions>>().Value.HiddenPaths.Add(data);
        shown.Get<IOptions<ProcessOptions>>().Value.HiddenPaths.Add($"{data}/nowhere");

        await shown.ShellAsync($"ls {data}; cat {host.Folder.Outside}/secret.txt; (echo x >{data}/x) 2>/dev/null || echo closed; echo y >own && cat own");

        Assert.Equal("workspace\nclosed\ny\n", host.Context.Text());
    }

    [IsolationFact]
    public async Task Shell_Network_IsReachedOnlyWhereItIsAllowed()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var connect = $"(exec 3<>/dev/tcp/127.0.0.1/{((IPEndPoint)listener.LocalEndpoint).Port}) 2>/dev/null && echo connected || echo refused";
        using var allowed = new ToolHost(("Processes:Isolation", "Required"), ("Processes:Network", "true"));

        await host.ShellAsync(connect);
        await allowed.ShellAsync(connect);

        Assert.Equal(("refused\n", "connected\n"), (host.Context.Text(), allowed.Context.Text()));
    }

    [IsolationFact]
    public async Task Shell_VariablesOfTheCall_HoldInsideOnly()
    {
        var running = host.RunAsync("shell", """{"command":"echo $GREETING up; sleep 60","environment":{"GREETING":"hello you"} }""", cancel.Token);
        await host.Context.OutputHasAsync("hello you up");

        var with = ProcessTable.All().Where(pid => Support.Processes.Read(pid, "environ").Contains("GREETING=hello you", StringComparison.Ordinal)).ToArray();

        Assert.All(with, pid => Assert.DoesNotContain("bwrap", Support.Processes.Read(pid, "comm"), StringComparison.Ordinal));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [IsolationFact]
    public async Task Shell_AsRoot_IsAUserOfTheSessionsOwn()
    {
        if (!Environment.IsPrivilegedProcess) return;
        await File.WriteAllTextAsync(host.Folder.PathOf("of-the-server.txt"), "given");

        var result = await host.ShellAsync("echo more >>of-the-server.txt; echo x >own; cat of-the-server.txt; ulimit -c");
        await other.ShellAsync("echo y >own");

        Assert.Equal((null, "givenmore\n0\n"), (result.Error, host.Context.Text()));
        var owners = new[] { host.Folder, other.Folder }.Select(folder => (SessionUsers.Of(folder.Workspace), Owner(folder.PathOf("own")), Owner(folder.Workspace))).ToArray();
        Assert.All(owners, owner => Assert.Equal((owner.Item1, owner.Item1), (owner.Item2, owner.Item3)));
        Assert.NotEqual(owners[0], owners[1]);
        Assert.True(host.Tool("shell").Descriptor.Isolation!.OwnUser);
    }

    [IsolationFact]
    public async Task Shell_AsRootInAClosedFolder_RunsAllTheSame()
    {
        File.SetUnixFileMode(Path.GetDirectoryName(host.Folder.Workspace)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.SetUnixFileMode(host.Folder.Workspace, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        await host.ShellAsync($"echo x >{host.Folder.PathOf("file")} && cat {host.Folder.PathOf("file")}");

        Assert.Equal("x\n", host.Context.Text());
    }

    [IsolationFact]
    public async Task Cancel_IsolatedProcesses_AreGone()
    {
        var mark = $"7{Random.Shared.Next(1_000_000, 9_999_999)}";
        var running = host.ShellAsync($"env -i setsid sleep {mark} >/dev/null 2>&1 & echo up; sleep {mark}", cancel.Token);
        await host.Context.OutputHasAsync("up");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Empty(Support.Processes.With(mark));
    }

    [IsolationFact]
    public async Task Code_Python_RunsAndReportsItsFiles()
    {
        var result = await host.RunAsync("code", """{"source":"import os\nopen('plot.svg', 'w').write('<svg/>')\nprint(os.getuid())"}""");

        Assert.Equal((null, "1000\n"), (result.Error, host.Context.Text()));
        Assert.Equal("plot.svg", result.Result.ToElement().GetProperty("files")[0].GetProperty("path").GetString());
    }

    [IsolationFact]
    public async Task Exit_Isolated_IsTheCommandsOwn()
    {
        Assert.Equal("""{"exitCode":7}""", (await host.ShellAsync("exit 7")).Result.Json);
        Assert.Equal("""{"exitCode":137,"signal":"SIGKILL"}""", (await host.ShellAsync("sh -c 'kill -KILL $$'; exit $?")).Result.Json);
    }

    [IsolationFact]
    public void Descriptor_Isolated_SaysSo()
    {
        var isolation = host.Tool("code").Descriptor.Isolation!;

        Assert.Equal((true, false), (isolation.WorkspaceOnly, isolation.Network));
        Assert.DoesNotContain(isolation.Missing, missing => missing.StartsWith("isolation", StringComparison.Ordinal));
    }

    private static uint Owner(string path)
    {
        using var stat = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("stat", ["-c", "%u", path]) { RedirectStandardOutput = true })!;
        return uint.Parse(stat.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
    }

    [Fact]
    public void NotInstalled_WhenPossible_RunsWithoutAndSaysWhy()
    {
        var isolation = new Isolation(new() { Isolation = IsolationMode.WhenPossible }, NullLogger.Instance, "/nowhere");
        ProcessCommand command = new("/bin/true", [], "/", new Dictionary<string, string>());

        Assert.Equal((false, null, command), (isolation.Active, isolation.Refusal, isolation.Wrap(command, "/")));
        Assert.Equal(["isolation: bubblewrap (bwrap) is not installed."], isolation.Missing);
    }

    [Fact]
    public void NotInstalled_Required_RunsNothing()
    {
        var isolation = new Isolation(new() { Isolation = IsolationMode.Required }, NullLogger.Instance, "/nowhere");

        Assert.Equal("isolation_unavailable", isolation.Refusal!.Code);
    }
}
