using System.Collections.Concurrent;
using ToolRuntime.Processes;

namespace ToolRuntime.Tools.Processes.Table;

/// <summary>The processes that attempts have started and that have not ended; what these start themselves is found by them.</summary>
internal sealed class OwnProcesses
{
    private readonly ConcurrentDictionary<int, Root> roots = new();

    /// <summary>Those that are known now, by process id.</summary>
    public IReadOnlyDictionary<int, Root> Roots => roots;

    /// <summary>Notes one until it is disposed of.</summary>
    /// <param name="pid">The process, which leads a session of its own.</param>
    /// <param name="mark">What all that it starts has in its environment.</param>
    /// <param name="owner">What it belongs to.</param>
    public IDisposable Add(int pid, string mark, ProcessOwner owner)
    {
        var root = new Root(System.Text.Encoding.UTF8.GetBytes($"\0{mark}\0"), owner);
        roots[pid] = root;
        return new Known(() => roots.TryRemove(KeyValuePair.Create(pid, root)));
    }

    /// <summary>One that an attempt has started.</summary>
    internal sealed record Root(byte[] Mark, ProcessOwner Owner);

    private sealed class Known(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
