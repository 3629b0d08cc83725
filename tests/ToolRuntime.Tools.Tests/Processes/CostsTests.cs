using Microsoft.Extensions.Logging.Abstractions;
using ToolRuntime.Tools.Processes;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Processes;

/// <summary>What attempts took, by their control groups and by the kernel's accounting of children.</summary>
public sealed class CostsTests : IDisposable
{
    private const string Busy = "import array, time\nkept = array.array('b', bytes(60_000_000))\nend = time.process_time() + 0.2\nwhile time.process_time() < end: pass";

    private readonly ToolHost host = new();

    public void Dispose() => host.Dispose();

    [ControlGroupFact]
    public async Task Execute_ProcessesOfAProcess_AreCountedTogether()
    {
        await host.RunAsync("code", $$"""{"source":{{Json($"import subprocess, sys\nboth = [subprocess.Popen([sys.executable, '-c', '''{Busy}''']) for i in range(2)]\nfor each in both: each.wait()")}}}""");

        Assert.InRange(host.Context.Counters.CpuMs!.Value, 400, 60_000);
        if (host.ControlGroups.Limits.MemoryBytes is not null) Assert.InRange(host.Context.Counters.PeakMemoryBytes!.Value, 60_000_000, 1_000_000_000);
    }

    [Fact]
    public async Task OfAsync_ChildWithChildren_HasWhatTheKernelCounted()
    {
        // .NET may be the first to collect a child; that it always is would be a fault.
        for (var tries = 0; tries < 20; tries++)
        {
            using var child = new System.Diagnostics.Process { StartInfo = new("/bin/sh", ["-c", "read -r gate; python3 -c \"$1\"; exit 0", "sh", Busy]) { RedirectStandardInput = true } };
            child.Start();
            var usage = ChildUsage.OfAsync(child.Id);
            await child.StandardInput.WriteLineAsync();
            await child.WaitForExitAsync().WaitAsync(Wait.Timeout);

            if (await usage.WaitAsync(Wait.Timeout) is not { CpuMs: { } cpu, PeakMemoryBytes: { } peak }) continue;
            Assert.InRange(cpu, 200, 60_000);
            Assert.InRange(peak, 60_000_000, 1_000_000_000);
            return;
        }

        Assert.Fail("No child's usage was seen.");
    }

    [ControlGroupFact]
    public async Task Cancelled_Attempt_HasItsCosts()
    {
        using var cancel = new CancellationTokenSource();
        var running = host.ShellAsync("i=0; while [ $i -lt 100000 ]; do i=$((i + 1)); done; echo up; sleep 1000", cancel.Token);
        await host.Context.OutputHasAsync("up");

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.InRange(host.Context.Counters.CpuMs!.Value, 1, 60_000);
    }

    [Fact]
    public void Limits_NoControllers_AreSaidToBeMissing()
    {
        using var groups = new ControlGroups(NullLogger<ControlGroups>.Instance, () => [], new(MemoryBytes: 1 << 30, Processes: 10, Processors: 1));

        Assert.Equal((new ControlGroupLimits(), 3), (groups.Limits, groups.Missing.Count()));
    }

    [Fact]
    public void FindControllers_WhatProcSays_GivesTheGroupOfEachHierarchy()
    {
        string[] mounts =
        [
            "30 23 0:26 / /sys/fs/cgroup/unified rw,nosuid - cgroup2 cgroup2 rw",
            "31 23 0:27 /docker/abc /sys/fs/cgroup/pids rw,nosuid - cgroup cgroup rw,pids",
            "32 23 0:28 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct",
        ];
        string[] memberships = ["4:pids:/docker/abc/in", "3:cpu,cpuacct:/x", "2:freezer:/", "0::/unit.service"];

        var found = ControlGroupPlaces.FindControllers(mounts, memberships);

        Assert.Equal(
            ["cpu=/sys/fs/cgroup/cpu,cpuacct/x", "cpuacct=/sys/fs/cgroup/cpu,cpuacct/x", "pids=/sys/fs/cgroup/pids/in"],
            found.Select(pair => $"{pair.Key}={pair.Value}").Order());
    }

    private static string Json(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
