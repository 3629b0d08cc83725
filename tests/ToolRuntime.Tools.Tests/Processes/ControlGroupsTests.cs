using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using ToolRuntime.Tools.Processes;
using ToolRuntime.Tools.Tests.Support;
using Seen = ToolRuntime.Tools.Tests.Support.Processes;

namespace ToolRuntime.Tools.Tests.Processes;

/// <summary>What leaves its process group and sheds its mark ends with its attempt, where control groups can be made.</summary>
public sealed class ControlGroupsTests : IDisposable
{
    private readonly string name = $"5{Random.Shared.Next(1_000_000, 9_999_999)}";
    private readonly ToolHost host = new();
    private readonly CancellationTokenSource cancel = new();

    private string Hide => $"env -i setsid sleep {name} >/dev/null 2>&1 </dev/null & while ! pgrep -f '^sleep {name}' >/dev/null; do :; done";

    public void Dispose()
    {
        cancel.Dispose();
        host.Dispose();
        foreach (var pid in Seen.With($"sleep\0{name}")) Process.GetProcessById(pid).Kill();
    }

    [ControlGroupFact]
    public async Task Exit_HiddenProcess_IsKilledAndNamed()
    {
        var result = await host.ShellAsync(Hide);

        Assert.Empty(Seen.With($"sleep\0{name}"));
        Assert.Contains($"sleep {name}", result.Summary, StringComparison.Ordinal);
        Assert.Empty(Groups());
    }

    [ControlGroupFact]
    public async Task Cancel_HiddenProcess_IsGoneWhenTheToolEnds()
    {
        var running = host.ShellAsync($"{Hide}; echo up; wait", cancel.Token);
        await host.Context.OutputHasAsync("up");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Empty(Seen.With($"sleep\0{name}"));
    }

    [ControlGroupFact]
    public async Task SiloKilled_HiddenProcess_IsKilledByTheWatchdog()
    {
        using var silo = SiloProgram.Start(host.Folder.Outside, "run", $"{Hide}; sleep 1000");
        await silo.StandardOutput.ReadLineAsync().WaitAsync(Wait.Timeout);
        await Wait.UntilAsync(() => Seen.With($"sleep\0{name}").Any(pid => Seen.Session(pid) == pid), "it hides");
        var group = Seen.Read(Seen.With($"sleep\0{name}").First(pid => Seen.Session(pid) == pid), "cgroup");

        silo.Kill();

        await Wait.UntilAsync(() => Seen.With($"sleep\0{name}").Count == 0, "no process is left");
        Assert.Contains($"toolruntime-{silo.Id}-", group, StringComparison.Ordinal);
        await Wait.UntilAsync(() => Groups(silo.Id).Length == 0, "no control group is left");
    }

    [ControlGroupFact(1)]
    public Task Kill_Version1_EndsAllThatForked() => KillAsync(1);

    [ControlGroupFact(2)]
    public Task Kill_Version2_EndsAllThatForked() => KillAsync(2);

    private async Task KillAsync(int version)
    {
        using var groups = ControlGroupFactAttribute.Groups(version);
        var group = groups.Create()!;
        var enter = string.Concat(group.Entrances().Select(file => $"echo 0 >{file} && "));
        using var process = Process.Start("/bin/sh", ["-c", $"{enter}true || exit; sleep {name} & setsid sleep {name} & sleep {name}"]);
        await Wait.UntilAsync(() => group.Members().Count() == 4, "all have started");

        await Wait.UntilAsync(
            () =>
            {
                group.Kill();
                return group.TryRemove();
            },
            "the group is gone");

        Assert.Empty(Seen.With($"sleep\0{name}"));
    }

    [Fact]
    public void Available_NothingMounted_SaysSo()
    {
        using var groups = new ControlGroups(NullLogger<ControlGroups>.Instance, () => []);

        Assert.Equal((false, null, "No control groups are mounted."), (groups.Available, groups.Create(), groups.WhyNot));
    }

    [Fact]
    public void Available_MayNotBeWritten_SaysWhy()
    {
        using var groups = new ControlGroups(NullLogger<ControlGroups>.Instance, () => [new("/proc/self", 2)]);

        Assert.False(groups.Available);
        Assert.StartsWith("Version 2: ", groups.WhyNot, StringComparison.Ordinal);
    }

    [Fact]
    public void Descriptor_Shell_SaysWhatEndsWithAnAttempt() => Assert.Equal(
        host.ControlGroups.Available ? Containment.ControlGroup : Containment.ProcessGroup, host.Tool("shell").Descriptor.Containment);

    [Fact]
    public void Find_WhatProcSays_GivesTheFoldersOfThisProcess()
    {
        string[] mounts =
        [
            "30 23 0:26 / /sys/fs/cgroup/unified rw,nosuid - cgroup2 cgroup2 rw",
            "31 23 0:27 /docker/abc /sys/fs/cgroup/pids rw,nosuid - cgroup cgroup rw,pids",
            "32 23 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct",
            "33 23 0:29 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer",
            "34 23 0:30 / /proc rw - proc proc rw",
        ];
        string[] memberships = ["4:pids:/docker/abc/in", "3:cpu,cpuacct:/x", "2:freezer:/", "0::/unit.service"];

        Assert.Equal(
            [new("/sys/fs/cgroup/unified/unit.service", 2), new("/sys/fs/cgroup/pids/in", 1), new("/sys/fs/cgroup/freezer", 1)],
            ControlGroupPlaces.Find(mounts, memberships));
    }

    private string[] Groups() => host.ControlGroups.Folder is { } folder && Directory.Exists(folder) ? Directory.GetDirectories(folder) : [];

    private string[] Groups(int silo) => Directory.GetDirectories(Path.GetDirectoryName(host.ControlGroups.Folder)!, $"toolruntime-{silo}-*");
}
