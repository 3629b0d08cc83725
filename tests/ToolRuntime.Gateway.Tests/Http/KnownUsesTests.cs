using ToolRuntime.Gateway.Processes;
using ToolRuntime.Processes;

namespace ToolRuntime.Gateway.Tests.Http;

/// <summary>What several silos remember, put together.</summary>
public sealed class KnownUsesTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 29, 3, 0, 0, TimeSpan.Zero);
    private static readonly HashSet<string> Seen = ["s1"];

    [Fact]
    public void Of_AttemptsOnTwoSilos_AreOneExecution()
    {
        var first = Use("a", 0, cpuMs: 100, memory: 50, output: 7) with { EndedAt = At.AddSeconds(5), ExitCode = 137 };
        var second = Use("a", 9, cpuMs: 40, memory: 20, output: 3) with { Now = new(1, 20, 3, 1) };

        var use = Assert.Single(KnownUses.Of([Silo(second), Silo(first)], Seen).Executions);

        Assert.Equal((At, null, null), (use.StartedAt, use.EndedAt, use.ExitCode));
        Assert.Equal((140, 50, 10, new UseNow(1, 20, 3, 1)), (use.CpuMs, use.MemoryBytes, use.OutputBytes, use.Now));
    }

    [Fact]
    public void Of_EndAndProcessOnDifferentSilos_HasTheExitCode()
    {
        var ran = Use("a", 0) with { EndedAt = At.AddSeconds(5), ExitCode = 3 };

        var known = KnownUses.Of([Silo(ran), new([], [Exit("a", 5)], [], 0)], Seen);

        Assert.Equal(3, Assert.Single(known.Exits).ExitCode);
    }

    [Fact]
    public void Of_MoreThanIsTold_HasTheNewestFirst()
    {
        var silos = Enumerable.Range(0, 2).Select(silo => new SiloUse([], [.. Enumerable.Range(0, 150).Select(i => Exit($"{silo}-{i}", (2 * i) + silo))], [], 0));

        var exits = KnownUses.Of(silos, Seen).Exits;

        Assert.Equal(Enumerable.Range(100, KnownUses.MaxMoves).Reverse(), exits.Select(exit => (int)(exit.At - At).TotalSeconds));
    }

    [Fact]
    public void Of_OtherSessions_AreLeftOut()
    {
        var hidden = Use("a", 0);
        hidden = hidden with { Owner = hidden.Owner with { Session = "s2" } };

        var known = KnownUses.Of([new([hidden], [Exit("a", 1) with { Execution = new("s2", "a") }], [Exit("a", 1) with { Execution = new("s2", "a"), Kind = ProcessMoveKind.Retried }], 0)], Seen);

        Assert.Equal((0, 0, 0), (known.Executions.Length, known.Exits.Length, known.Restarts.Length));
    }

    [Fact]
    public void Top_OfEachMeasure_IsEachOnce()
    {
        var known = KnownUses.Of([Silo(Use("busy", 0, cpuMs: 9), Use("fat", 1, memory: 9), Use("loud", 2, output: 9), Use("both", 3, cpuMs: 8, memory: 10), Use("none", 4))], Seen);

        Assert.Equal(["busy", "both", "loud"], known.Top(1).Select(use => use.Owner.ExecutionId));
    }

    private static SiloUse Silo(params ExecutionUse[] uses) => new([.. uses], [], [], 0);

    private static ExecutionUse Use(string execution, int second, long cpuMs = 0, long memory = 0, long output = 0) =>
        new(new("acme", "s1", execution, "shell"), At.AddSeconds(second), null, null, cpuMs, memory, output, null);

    private static ProcessMove Exit(string execution, int second) =>
        new(At.AddSeconds(second), ProcessMoveKind.Exited, new("s1", execution), "shell", null, "failed", null, "exit_code");
}
