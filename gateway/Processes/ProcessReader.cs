using ToolRuntime.Gateway.Connections;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Processes;

namespace ToolRuntime.Gateway.Processes;

/// <summary>
/// One who watches processes. It remembers what it has told, and tells what differs when the client can take it: a slow one is told the latest only.
/// </summary>
internal sealed class ProcessReader(ProcessFeed feed, ProcessSilos silos, Func<Identity> identity, bool host, TimeSpan interval, Action wake) : IFrameSource, IDisposable
{
    private const int MostAtOnce = 500;

    private readonly Lock gate = new();
    private readonly Dictionary<ProcessId, Seen> told = [];
    private List<(ProcessChange Change, Seen Seen)>? now;
    private bool answered;
    private bool begun;
    private bool ended;

    /// <summary>How often it wants to be told.</summary>
    public TimeSpan Interval => interval;

    /// <summary>Frames may come from now on.</summary>
    public void Begin()
    {
        begun = true;
        feed.Add(this);
    }

    /// <summary>There is a new sample: takes of it what the caller may see.</summary>
    public async ValueTask LookAsync()
    {
        var who = identity();
        var all = host && who.Has(Scope.HostProcesses);
        if (host && !all) return; // the key has lost the scope
        var seen = new List<(ProcessChange Change, Seen Seen)>();
        foreach (var change in feed.Table())
        {
            if (!await silos.MaySeeAsync(who, change.Info, all, CancellationToken.None)) continue;
            seen.Add((change, new(change.Version, await silos.MayRestartAsync(who, change.Info, CancellationToken.None))));
        }

        lock (gate) now = seen;
        wake();
    }

    public ReadOnlyMemory<byte>? Take()
    {
        lock (gate)
        {
            if (!begun || ended || now is null) return null;
            var first = !answered;
            var changed = now.Where(each => !told.TryGetValue(each.Change.Id, out var before) || before != each.Seen).ToList();
            var there = now.Select(each => each.Change.Id).ToHashSet();
            var gone = told.Keys.Where(id => !there.Contains(id)).ToList();
            var more = changed.Count > MostAtOnce;
            if (more) changed.RemoveRange(MostAtOnce, changed.Count - MostAtOnce);
            else now = null;
            if (!first && changed.Count + gone.Count == 0) return null;
            answered = true;
            foreach (var (change, seen) in changed) told[change.Id] = seen;
            foreach (var id in gone) told.Remove(id);
            if (more) wake();
            return Frame(first, more, changed, gone);
        }
    }

    public void Dispose()
    {
        lock (gate) ended = true;
        feed.Remove(this);
    }

    private ReadOnlyMemory<byte> Frame(bool first, bool more, List<(ProcessChange Change, Seen Seen)> changed, List<ProcessId> gone) => ServerFrames.Write("processes", writer =>
    {
        if (first) writer.WriteBoolean("reset", true);
        if (more) writer.WriteBoolean("more", true);
        if (feed.Silent > 0) writer.WriteNumber("silent", feed.Silent);
        writer.WriteStartArray("processes");
        foreach (var (change, seen) in changed) ProcessJson.Write(writer, change.Id, change.Host, change.Info, identity().Tenant, seen.MayRestart);
        writer.WriteEndArray();
        if (gone.Count == 0) return;
        writer.WriteStartArray("gone");
        foreach (var id in gone) writer.WriteStringValue(id.ToString());
        writer.WriteEndArray();
    });

    /// <summary>What of a process makes it worth telling again.</summary>
    private readonly record struct Seen(long Version, bool MayRestart);
}
