using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using ToolRuntime.Processes;
using ToolRuntime.Tools.Tests.Mcp;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Processes;

/// <summary>What is told of the processes of attempts while they run, and at their end.</summary>
public sealed class MeasureTests : IDisposable
{
    private readonly NotedProcesses noted = new();
    private readonly ToolHost host;

    public MeasureTests() => host = new(null, [], null, services => services.AddSingleton<IProcessMeter>(noted).AddSingleton<IRedactor>(new FakeServerHost.NoRedaction()));

    public void Dispose() => host.Dispose();

    [Fact]
    public async Task Measure_RunningTree_IsTheSumWithChildrenThatHaveEnded()
    {
        using var cancel = new CancellationTokenSource();
        const string Busy = "python3 -c 'import time; end = time.process_time() + 0.5\nwhile time.process_time() < end: pass'";
        var running = host.ShellAsync($"{Busy}; sleep 1000 & echo up; wait", cancel.Token);
        await host.Context.OutputHasAsync("up");

        var (use, _) = Assert.Single(noted.All);
        var figures = default(ProcessFigures);
        await Wait.UntilAsync(() => (figures = Look().GetValueOrDefault(use.Owner)).Processes >= 2, "both are seen");

        Assert.InRange(figures.CpuMs, 450, 60_000);
        Assert.InRange(figures.MemoryBytes, 100_000, 1_000_000_000);
        Assert.Equal(3, use.OutputBytes);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Empty(Look());
    }

    [Fact]
    public async Task End_OfACommand_HasItsExitCodeAndWhatItPrinted()
    {
        await host.ShellAsync("printf 12345; printf 678 >&2; exit 3");

        var (use, end) = Assert.Single(noted.All);
        Assert.Equal((3, 8), (end!.ExitCode, use.OutputBytes));
        Assert.Equal(("dev", "s1", "e1"), (use.Owner.Tenant, use.Owner.Session, use.Owner.ExecutionId));
    }

    [Fact]
    public async Task End_OfATerminal_HasWhatItShowed()
    {
        await host.RunAsync("terminal", """{"command":"printf 12345; exit 4"}""");

        var (use, end) = Assert.Single(noted.All);
        Assert.Equal((4, true), (end!.ExitCode, use.OutputBytes >= 5));
    }

    [Fact]
    public async Task Owner_OfANamedProcess_HasItsName()
    {
        await host.RunAsync("named_process", """{"name":"web","command":"exit 0"}""");

        Assert.Equal("web", Assert.Single(noted.All).Use.Owner.Named);
    }

    private IReadOnlyDictionary<ProcessOwner, ProcessFigures> Look() => host.Get<IProcessTable>().Measure("here");

    private sealed class NotedProcesses : IProcessMeter
    {
        private readonly ConcurrentDictionary<ProcessUse, ProcessUseEnd?> all = new();

        public IEnumerable<(ProcessUse Use, ProcessUseEnd? End)> All => all.Select(each => (each.Key, each.Value));

        public void Begin(ProcessUse use) => all[use] = null;

        public void End(ProcessUse use, ProcessUseEnd end) => all[use] = end;
    }
}
