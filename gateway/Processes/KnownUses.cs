using System.Collections.Immutable;
using ToolRuntime.Processes;

namespace ToolRuntime.Gateway.Processes;

/// <summary>What all silos remember of processes, of which a caller may see it all or some.</summary>
internal sealed class KnownUses(ImmutableArray<ExecutionUse> executions, ImmutableArray<ProcessMove> exits, ImmutableArray<ProcessMove> restarts)
{
    /// <summary>Most ends, and restarts, that are told.</summary>
    public const int MaxMoves = 200;

    public ImmutableArray<ExecutionUse> Executions => executions;

    /// <summary>The newest first.</summary>
    public ImmutableArray<ProcessMove> Exits => exits;

    /// <summary>The newest first.</summary>
    public ImmutableArray<ProcessMove> Restarts => restarts;

    /// <summary>Puts together what silos tell of sessions that may be seen.</summary>
    public static KnownUses Of(IEnumerable<SiloUse> silos, IReadOnlySet<string> sessions)
    {
        var all = silos.ToList();
        var executions = all.SelectMany(silo => silo.Executions).Where(use => sessions.Contains(use.Owner.Session)).GroupBy(NameOf).Select(Merge).ToImmutableArray();
        var codes = executions.Where(use => use.EndedAt is not null).ToDictionary(NameOf, use => use.ExitCode);
        return new(executions, Newest(silo => silo.Exits), Newest(silo => silo.Restarts));

        // An execution of a pool runs elsewhere than its session decides.
        ImmutableArray<ProcessMove> Newest(Func<SiloUse, ImmutableArray<ProcessMove>> read) =>
        [
            .. all.SelectMany(silo => read(silo)).Where(move => sessions.Contains(move.Execution.Session)).OrderByDescending(move => move.At).Take(MaxMoves)
                .Select(move => move is { ExitCode: null, Kind: ProcessMoveKind.Exited } ? move with { ExitCode = codes.GetValueOrDefault(move.Execution) } : move),
        ];
    }

    /// <summary>Those that took most, so many of processor, memory and output each; most processor first.</summary>
    public ImmutableArray<ExecutionUse> Top(int count) =>
    [
        .. Most(use => use.CpuMs, count).Union(Most(use => use.MemoryBytes, count)).Union(Most(use => use.OutputBytes, count))
            .OrderByDescending(use => use.CpuMs).ThenByDescending(use => use.StartedAt),
    ];

    public static ExecutionName NameOf(ExecutionUse use) => new(use.Owner.Session, use.Owner.ExecutionId);

    /// <summary>Attempts of one execution, which ran on several silos one after the other.</summary>
    private static ExecutionUse Merge(IEnumerable<ExecutionUse> parts)
    {
        var ordered = parts.OrderBy(part => part.StartedAt).ToList();
        var last = ordered[^1];
        return last with
        {
            StartedAt = ordered[0].StartedAt,
            CpuMs = ordered.Sum(part => part.CpuMs),
            MemoryBytes = ordered.Max(part => part.MemoryBytes),
            OutputBytes = ordered.Sum(part => part.OutputBytes),
        };
    }

    private IEnumerable<ExecutionUse> Most(Func<ExecutionUse, long> measure, int count) =>
        executions.OrderByDescending(measure).ThenByDescending(use => use.StartedAt).Take(count);
}
