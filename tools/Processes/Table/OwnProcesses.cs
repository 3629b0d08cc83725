using System.Collections.Concurrent;
using ToolRuntime.Processes;

namespace ToolRuntime.Tools.Processes.Table;

/// <summary>The processes that attempts have started and that have not ended; what these start themselves is found by them.</summary>
/// <param name="meter">Told of each, where somebody wants to know.</param>
internal sealed class OwnProcesses(IProcessMeter? meter = null)
{
    private readonly ConcurrentDictionary<int, Root> roots = new();

    /// <summary>Those that are known now, by process id.</summary>
    public IReadOnlyDictionary<int, Root> Roots => roots;

    /// <summary>Notes one until it is disposed of, when it has ended.</summary>
    /// <param name="process">The process, which leads a session of its own.</param>
    /// <param name="owner">What it belongs to.</param>
    public IDisposable Add(ToolProcess process, ProcessOwner owner)
    {
        var pid = process.Id;
        var root = new Root(System.Text.Encoding.UTF8.GetBytes($"\0{process.Mark}\0"), owner);
        var use = new ProcessUse(owner, () => process.Watch.Bytes);
        roots[pid] = root;
        meter?.Begin(use);
        return new Known(() =>
        {
            roots.TryRemove(KeyValuePair.Create(pid, root));
            meter?.End(use, new(process.Exited.IsCompletedSuccessfully ? process.Exited.Result : null, process.Costs.CpuMs, process.Costs.PeakMemoryBytes));
        });
    }

    /// <summary>One that an attempt has started.</summary>
    internal sealed record Root(byte[] Mark, ProcessOwner Owner);

    private sealed class Known(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
