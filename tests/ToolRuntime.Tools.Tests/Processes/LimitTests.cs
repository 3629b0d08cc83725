using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Processes;

/// <summary>Programs that take all they can get end as clear errors, and leave nothing behind.</summary>
public sealed class LimitTests
{
    // Each of them in a name of its own, so that what is left of it is found.
    private readonly string mark = $"8{Random.Shared.Next(1_000_000, 9_999_999)}";

    [ControlGroupFact]
    public async Task ForkBomb_EndsAsProcessLimit()
    {
        using var host = new ToolHost(("Processes:MaxProcesses", "40"));
        if (host.ControlGroups.Limits.Processes is null) return;

        var result = await host.ShellAsync($"bomb() {{ bomb {mark} | bomb {mark} & }}; bomb");

        Assert.Equal(("process_limit", "It tried to start more processes than the 40 that it may have at a time."), (result.Error?.Code, result.Error?.Message));
        Assert.Empty(Support.Processes.With(mark));
    }

    [ControlGroupFact]
    public async Task ForkBomb_ThatGoesOn_IsEnded()
    {
        using var host = new ToolHost(("Processes:MaxProcesses", "40"));
        if (host.ControlGroups.Limits.Processes is null) return;

        var result = await host.RunAsync("code", """{"source":"import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"}""");

        Assert.Equal("process_limit", result.Error?.Code);
    }

    [ControlGroupFact]
    public async Task MemoryHog_EndsAsMemoryLimit()
    {
        using var host = new ToolHost(("Processes:MaxMemoryBytes", "67108864"));
        if (host.ControlGroups.Limits.MemoryBytes is null) return;

        var result = await host.RunAsync("code", """{"source":"kept = []\nwhile True: kept.append(bytearray(1 << 20))"}""");

        Assert.Equal(
            ("memory_limit", "A process was ended: all of them took more than the 67108864 bytes of memory that they may."), (result.Error?.Code, result.Error?.Message));
    }

    [Theory]
    [InlineData("yes >filler")]
    [InlineData("i=0; while :; do i=$((i + 1)); head -c 1000000 /dev/zero >f$i; done")]
    public async Task DiskFiller_EndsAsWorkspaceFull(string command)
    {
        using var host = new ToolHost(("Processes:MaxWorkspaceBytes", "20000000"));

        var result = await host.ShellAsync(command);

        Assert.Equal(("workspace_full", "The files in the workspace took more than the 20000000 bytes that they may."), (result.Error?.Code, result.Error?.Message));
    }

    [Fact]
    public async Task Execute_WithinItsLimits_IsLeftAlone()
    {
        using var host = new ToolHost(("Processes:MaxWorkspaceBytes", "20000000"));

        Assert.Equal("exit_code", (await host.ShellAsync("head -c 1000000 /dev/zero >f; exit 3")).Error!.Code);
        Assert.Null((await host.ShellAsync("ls")).Error);
    }

    [Fact]
    public async Task Start_NoLimitsWanted_HasNone()
    {
        using var host = new ToolHost(("Processes:MaxMemoryBytes", "0"), ("Processes:MaxProcesses", "0"), ("Processes:MaxWorkspaceBytes", "0"));

        Assert.Null((await host.ShellAsync("test \"$(ulimit -f)\" = unlimited")).Error);
        Assert.Equal((null, null, null, 0), host.Tool("shell").Descriptor.Isolation is { } isolation
            ? (isolation.MemoryBytes, isolation.Processes, isolation.WorkspaceBytes, isolation.Missing.Length) : default);
    }
}
