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

    public async Task<UseAnswers> ListUseAsync(string tenant, long from, long to)
    {
        var answers = await AskAllAsync<SiloUse>(async reporter => await reporter.ListUseAsync(tenant, from, to));
        return new([.. answers.OfType<SiloUse>()], answers.Count(answer => answer is null));
    }

    public async Task<CurveAnswers> ReadUseAsync(UseQuery query)
    {
        var answers = await AskAllAsync<SiloCurves>(async reporter => await reporter.ReadUseAsync(query));
        return new([.. answers.OfType<SiloCurves>()], answers.Count(answer => answer is null));
    }

    public Task ForgetUseAsync(SessionKey session) => AskAllAsync<string>(async reporter => await reporter.ForgetUseAsync(session));

    private Task<T?[]> AskAllAsync<T>(Func<IProcessReporter, Task<T?>> ask)
        where T : class => Task.WhenAll(places.Active.Select(silo => reporters.AskAsync(silo, ask)));

    private SiloAddress? SiloOf(ProcessId process) => places.Active.FirstOrDefault(silo => ProcessReporter.IdOf(silo) == process.Silo);
}
