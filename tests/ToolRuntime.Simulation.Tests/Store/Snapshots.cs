using System.Collections.Immutable;
using Orleans.Runtime;
using Orleans.Storage;
using ToolRuntime.Sessions;
using ToolRuntime.Simulation.Tests.Runtime;

namespace ToolRuntime.Simulation.Tests.Store;

/// <summary>Grain storage of sessions' snapshots.</summary>
internal sealed class Snapshots(World world)
{
    private readonly List<(TimeSpan At, ImmutableDictionary<GrainId, (int Version, SessionStore Store)> Stored)> past = [];
    private ImmutableDictionary<GrainId, (int Version, SessionStore Store)> stored = ImmutableDictionary<GrainId, (int Version, SessionStore Store)>.Empty;
    private int versions;

    /// <summary>Goes back to what was there a while ago.</summary>
    public void GoBack(TimeSpan by)
    {
        var found = past.FindLast(version => version.At <= world.Elapsed - by);
        Set(found.Stored ?? stored.Clear());
    }

    public SessionStore Find(GrainId grain) => stored.TryGetValue(grain, out var found) ? Copy(found.Store) : new();

    public Task<State> ReadAsync(VirtualSilo silo, GrainId grain) => silo.AskAsync(() =>
    {
        var state = new State(this, silo, grain);
        state.Load();
        return state;
    });

    private static SessionStore Copy(SessionStore store) => new() { Epoch = store.Epoch, Seq = store.Seq, State = store.State };

    private void Set(ImmutableDictionary<GrainId, (int Version, SessionStore Store)> changed)
    {
        stored = changed;
        past.Add((world.Elapsed, changed));
    }

    /// <summary>A grain's own view of its record.</summary>
    internal sealed class State(Snapshots all, VirtualSilo silo, GrainId grain) : IPersistentState<SessionStore>
    {
        private int version;

        SessionStore Orleans.Core.IStorage<SessionStore>.State { get => store; set => store = value; }

        private SessionStore store = new();

        public string Etag => $"{version}";

        public bool RecordExists => version > 0;

        public void Load()
        {
            version = all.stored.TryGetValue(grain, out var found) ? found.Version : 0;
            store = all.Find(grain);
        }

        public Task ReadStateAsync() => throw new NotSupportedException();

        public async Task WriteStateAsync()
        {
            var written = Copy(store);
            version = await silo.AskAsync(() =>
            {
                Check();
                all.Set(all.stored.SetItem(grain, (++all.versions, written)));
                return all.versions;
            });
        }

        public async Task ClearStateAsync()
        {
            await silo.AskAsync(() =>
            {
                Check();
                all.Set(all.stored.Remove(grain));
                return true;
            });
            (version, store) = (0, new());
        }

        public Task ReadStateAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task WriteStateAsync(CancellationToken cancellationToken) => WriteStateAsync();

        public Task ClearStateAsync(CancellationToken cancellationToken) => ClearStateAsync();

        private void Check()
        {
            var current = all.stored.TryGetValue(grain, out var found) ? found.Version : 0;
            if (current != version) throw new InconsistentStateException($"The snapshot of {grain} is another one by now.");
        }
    }
}
