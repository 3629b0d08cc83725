using System.Collections.Immutable;
using ToolRuntime.Processes;

namespace ToolRuntime.Gateway.Processes;

/// <summary>
/// What is known of the processes that some watch: those of a tenant's tools, or all. Samples while there is a reader, as often as the most eager one wants; a reader is
/// a comparison with what it has been told.
/// </summary>
internal sealed class ProcessFeed(string tenant, bool host, ProcessSilos silos, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<ProcessId, (ProcessInfo Info, long Version)> table = [];
    private readonly Dictionary<string, (string Host, long Sample)> known = [];
    private ImmutableArray<ProcessReader> readers = [];
    private bool running;
    private long version;

    /// <summary>How many silos did not answer last.</summary>
    public int Silent { get; private set; }

    /// <summary>Adds a reader; the first begins the samples.</summary>
    public void Add(ProcessReader reader)
    {
        lock (gate)
        {
            readers = readers.Add(reader);
            if (running) return;
            running = true;
        }

        _ = RunAsync();
    }

    /// <summary>Removes a reader; the last one's end is that of the samples.</summary>
    public void Remove(ProcessReader reader)
    {
        lock (gate) readers = readers.Remove(reader);
    }

    /// <summary>All that is there, with its host and the version in which it changed last.</summary>
    public List<ProcessChange> Table()
    {
        lock (gate) return [.. table.Select(each => new ProcessChange(each.Key, known.GetValueOrDefault(each.Key.Silo).Host ?? "", each.Value.Info, each.Value.Version))];
    }

    private async Task RunAsync()
    {
        while (!TryEnd())
        {
            var began = time.GetTimestamp();
            try
            {
                await SampleAsync();
                foreach (var reader in readers) await reader.LookAsync();
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // the next sample may work; CommandRetry has said why this one did not
            }

            var left = readers.Select(reader => reader.Interval).DefaultIfEmpty(TimeSpan.Zero).Min() - time.GetElapsedTime(began);
            if (left > TimeSpan.Zero) await Task.Delay(left, time);
        }
    }

    private bool TryEnd()
    {
        lock (gate) return !(running = !readers.IsEmpty);
    }

    private async Task SampleAsync()
    {
        ImmutableDictionary<string, long> since;
        lock (gate) since = known.ToImmutableDictionary(silo => silo.Key, silo => silo.Value.Sample);
        if ((await silos.ListAsync(new(tenant, host, since), CancellationToken.None)).Value is not { } answers) return;
        lock (gate)
        {
            version++;
            Silent = answers.Silent;
            foreach (var silo in answers.Silos) Take(silo);
            // One that is silent for once is kept; one that is gone takes its tools' processes with it.
            if (answers.Silent > 0) return;
            foreach (var gone in known.Keys.Except(answers.Silos.Select(silo => silo.Silo)).ToList())
            {
                known.Remove(gone);
                foreach (var id in table.Keys.Where(id => id.Silo == gone).ToList()) table.Remove(id);
            }
        }
    }

    private void Take(SiloProcesses silo)
    {
        known[silo.Silo] = (silo.Host, silo.Sample);
        if (silo.Full)
        {
            var there = silo.Processes.Select(process => new ProcessId(silo.Silo, process.Pid, process.Start)).ToHashSet();
            foreach (var id in table.Keys.Where(id => id.Silo == silo.Silo && !there.Contains(id)).ToList()) table.Remove(id);
        }

        foreach (var id in silo.Gone) table.Remove(id);
        foreach (var process in silo.Processes) table[new(silo.Silo, process.Pid, process.Start)] = (process, version);
    }
}

/// <summary>A process, and the version of the feed in which it changed last.</summary>
internal readonly record struct ProcessChange(ProcessId Id, string Host, ProcessInfo Info, long Version);
