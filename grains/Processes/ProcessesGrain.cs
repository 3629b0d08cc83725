using System.Collections.Immutable;
using Orleans.Concurrency;
using ToolRuntime.Placement;

namespace ToolRuntime.Processes;

/// <summary>Asks every silo of the cluster at once.</summary>
[StatelessWorker, Reentrant]
internal sealed class ProcessesGrain(ProcessReporters reporters, SessionPlaces places) : Grain, IProcessesGrain
{
    public async Task<ProcessAnswers> ListAsync(ProcessQuery query)
    {
        var answers = await Task.WhenAll(places.Active.Select(silo => reporters.ListAsync(silo, query)));
        return new([.. answers.OfType<SiloProcesses>()], answers.Count(answer => answer is null));
    }

    public async Task<ProcessInfo?> FindAsync(ProcessId process, ProcessQuery query)
    {
        var everything = query with { Since = ImmutableDictionary<string, long>.Empty };
        if (SiloOf(process) is not { } silo || await reporters.ListAsync(silo, everything) is not { } found) return null;
        return found.Processes.FirstOrDefault(each => each.Pid == process.Pid && each.Start == process.Start);
    }

    public async Task<Rejection?> SignalAsync(ProcessId process, string signal, ProcessQuery query)
    {
        if (SiloOf(process) is not { } silo) return new(ErrorCode.NotFound, "The process's silo is gone, and its tools' processes with it.");
        return await reporters.SignalAsync(silo, process, signal, query);
    }

    private SiloAddress? SiloOf(ProcessId process) => places.Active.FirstOrDefault(silo => ProcessReporter.IdOf(silo) == process.Silo);
}
