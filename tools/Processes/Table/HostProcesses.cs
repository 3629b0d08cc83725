using System.Collections.Immutable;
using System.IO.Enumeration;
using System.Text;
using Microsoft.Extensions.Options;
using ToolRuntime.Processes;

namespace ToolRuntime.Tools.Processes.Table;

/// <summary>
/// The processes of this host and which of them tools have started. Between two looks it only remembers; a look reads one file of a process that has done nothing
/// since, and the others of one that has.
/// </summary>
internal sealed class HostProcesses(OwnProcesses own, ProcessWatchdog watchdog, IRedactor redactor, TimeProvider time, IOptions<ProcessTableOptions> options) : IProcessTable
{
    private const int MostGone = 4_096;

    // Idle ones may have files opened for them, or wait for something else, without a tick of their own.
    private const int AllEvery = 10;

    private static readonly TimeSpan HostLinger = TimeSpan.FromSeconds(5);

    private static readonly EnumerationOptions Plain = new() { AttributesToSkip = 0, IgnoreInaccessible = true };

    private readonly Lock gate = new();
    private readonly ProcFile files = new();
    private readonly Dictionary<int, KnownProcess> known = [];
    private readonly Queue<(ProcessId Process, ProcessOwner? Owner, long Sample)> gone = new();
    private readonly byte[] siloMark = Encoding.UTF8.GetBytes(watchdog.Mark.Value);
    private readonly ProcessReading reading = new(redactor);
    private long sample;
    private long lookedAt;
    private long lost;
    private long? hostAskedAt;
    private bool all;

    public SiloProcesses Look(string silo, ProcessQuery query)
    {
        lock (gate)
        {
            if (query.Host) hostAskedAt = time.GetTimestamp();
            if (sample == 0 || (query.Host && !all) || time.GetElapsedTime(lookedAt) > options.Value.Fresh) Sample(silo, query.Host || AsksForHost);
            var since = query.Since.GetValueOrDefault(silo, -1);
            var full = since < lost || since > sample;
            if (full) since = -1;
            ImmutableArray<ProcessInfo> found =
                [.. known.Values.Where(process => process.Info is not null && process.Changed > since && Shows(query, process.Owner)).Select(process => process.Info!)];
            ImmutableArray<ProcessId> ended = full ? [] : [.. gone.Where(one => one.Sample > since && Shows(query, one.Owner)).Select(one => one.Process)];
            return new(silo, Environment.MachineName, sample, full, found, ended);
        }
    }

    public IReadOnlyDictionary<ProcessOwner, ProcessFigures> Measure(string silo)
    {
        var measured = new Dictionary<ProcessOwner, ProcessFigures>(ReferenceEqualityComparer.Instance);
        if (own.Roots.Count == 0) return measured;
        lock (gate)
        {
            if (sample == 0 || time.GetElapsedTime(lookedAt) > options.Value.Fresh) Sample(silo, AsksForHost);
            foreach (var process in known.Values)
            {
                if (process.Owner is { } owner) measured[owner] = measured.GetValueOrDefault(owner) + ProcessReading.FiguresOf(process.Stat);
            }
        }

        return measured;
    }

    public Rejection? Signal(ProcessId process, string signal, ProcessQuery query)
    {
        lock (gate)
        {
            Sample(process.Silo, query.Host || AsksForHost);
            if (!known.TryGetValue(process.Pid, out var found) || found.Stat.Start != process.Start || !Shows(query, found.Owner)) return ProcessSignals.Missing;
            if (process.Pid == Environment.ProcessId || process.Pid == 1 || IsOurs(found)) return ProcessSignals.Protected;
            return ProcessSignals.Send(process, TerminalSignal.Of(signal), files);
        }
    }

    // Who watches all of the host and who watches a tenant share samples.
    private bool AsksForHost => hostAskedAt is { } at && time.GetElapsedTime(at) < HostLinger;

    private static bool Shows(ProcessQuery query, ProcessOwner? owner) => query.Host || owner?.Tenant == query.Tenant;

    // What the silo has started for itself, as its watchdog, and no attempt.
    private bool IsOurs(KnownProcess process)
    {
        for (var each = process; each is { Owner: null }; each = known.GetValueOrDefault(each.Stat.Parent))
        {
            if (each.Stat.Parent == Environment.ProcessId) return true;
            if (each.Stat.Parent <= 1) return false;
        }

        return false;
    }

    private void Sample(string silo, bool host)
    {
        sample++;
        all = host;
        lookedAt = time.GetTimestamp();
        var pids = new FileSystemEnumerable<int>("/proc", static (ref entry) => int.TryParse(entry.FileName, out var pid) ? pid : 0, Plain)
        {
            ShouldIncludePredicate = static (ref entry) => char.IsAsciiDigit(entry.FileName[0]),
        };
        foreach (var pid in pids) Find(silo, pid);
        foreach (var (pid, process) in known)
        {
            if (process.Seen == sample) continue;
            known.Remove(pid);
            Leave(silo, pid, process);
        }

        foreach (var (pid, process) in known) process.Owner ??= OwnerOf(pid, process);
        reading.Begin(files, time);
        foreach (var (pid, process) in known) if (host || process.Owner is not null) Tell(pid, process);
    }

    private void Find(string silo, int pid)
    {
        if (!ProcStat.TryRead(files.Read(pid, "stat"u8), out var stat, out var name) || stat.IsKernels) return;
        if (known.TryGetValue(pid, out var process) && process.Stat.Start != stat.Start)
        {
            Leave(silo, pid, process);
            process = null;
        }

        if (process is null) known[pid] = process = new(stat, ProcFile.Text(name));
        process.Seen = sample;
        process.Idle = process.Stat == stat && process.Is(name);
        if (!process.Is(name)) (process.Name, process.Renamed) = (ProcFile.Text(name), true);
        process.Stat = stat;
    }

    private void Leave(string silo, int pid, KnownProcess process)
    {
        if (process.Info is null) return;
        gone.Enqueue((new(silo, pid, process.Stat.Start), process.Owner, sample));
        if (gone.Count > MostGone) lost = gone.Dequeue().Sample;
    }

    /// <summary>By descent; what has left that and was never seen before is asked for the mark in its environment.</summary>
    private ProcessOwner? OwnerOf(int pid, KnownProcess process)
    {
        if (own.Roots.Count == 0) return null;
        if (own.Roots.TryGetValue(pid, out var root) || own.Roots.TryGetValue(process.Stat.Session, out root)) return root.Owner;
        var steps = 0;
        for (var parent = process.Stat.Parent; parent > 1 && steps++ < 64 && known.TryGetValue(parent, out var above); parent = above.Stat.Parent)
        {
            if (above.Owner is { } owner) return owner;
            if (own.Roots.TryGetValue(parent, out root)) return root.Owner;
            if (parent == Environment.ProcessId) return null;
        }

        if (process.Asked) return null;
        process.Asked = true;
        var environment = files.Read(pid, "environ"u8);
        if (environment.IndexOf(siloMark) < 0) return null;
        foreach (var each in own.Roots.Values) if (environment.IndexOf(each.Mark) >= 0) return each.Owner;
        return null;
    }

    private void Tell(int pid, KnownProcess process)
    {
        if (process.Idle && (sample + pid) % AllEvery != 0 && process.Info?.CpuPercent == 0 && !reading.HasNewPorts) return;
        var info = reading.Of(pid, process);
        if (process.Info is { } told && ProcessReading.Same(told, info)) return;
        (process.Info, process.Changed) = (info, sample);
    }
}
