using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Processes;

public sealed class BackpressureTests : IDisposable
{
    // What can lie between a process and a write that is not taken: the pipe and one buffer.
    private const int MostBytesUnderWay = 64 * 1024 + 64 * 1024;

    private readonly ToolHost host = new();
    private readonly CancellationTokenSource cancel = new();

    public void Dispose()
    {
        cancel.Dispose();
        host.Dispose();
    }

    [Fact]
    public async Task Output_NotTaken_HoldsTheProcessBack()
    {
        host.Context.HoldOutput = token => Task.Delay(Timeout.Infinite, token);

        // It counts in a file what its pipe took, and says when the pipe is full (it takes at least 60 KB) and took no more for a while.
        const string Writer = "i=0; while printf '%01024d' 0; do i=$((i+1)); echo $i > count; done";
        const string Watcher = "last=-1; while sleep 0.3; now=$(cat count); [ \"${now:-0}\" -lt 60 ] || [ \"$now\" != \"$last\" ]; do last=$now; done; echo $now > stuck; wait";
        var running = host.ShellAsync($"({Writer}) & {Watcher}", cancel.Token);
        await Wait.UntilAsync(() => File.Exists(host.Folder.PathOf("stuck")) && new FileInfo(host.Folder.PathOf("stuck")).Length > 0, "held back");

        var written = 1024 * int.Parse(await File.ReadAllTextAsync(host.Folder.PathOf("stuck")), null);
        Assert.InRange(written, 60 * 1024, MostBytesUnderWay);
        Assert.InRange(host.Context.Bytes().Length, 1, 64 * 1024);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task Output_TakenSlowly_ArrivesWhole()
    {
        host.Context.HoldOutput = async _ => await Task.Yield();

        await host.ShellAsync("seq 1 300000 | tail -c 1000000");

        Assert.Equal(1_000_000, host.Context.Bytes().Length);
    }

    [Fact]
    public async Task ManyProcesses_WaitingForOutput_HoldNoThreads()
    {
        host.Context = new(host.Folder.Workspace) { HasInput = true };
        var running = Enumerable.Range(0, 40).Select(i => host.ShellAsync($"echo up{i}.; sleep 1000", cancel.Token)).ToList();
        for (var i = 0; i < 40; i++) await host.Context.OutputHasAsync($"up{i}.");

        ThreadPool.GetAvailableThreads(out var available, out _);
        ThreadPool.GetMaxThreads(out var most, out _);

        Assert.InRange(most - available, 0, 20);
        await cancel.CancelAsync();
        foreach (var one in running) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
    }
}
