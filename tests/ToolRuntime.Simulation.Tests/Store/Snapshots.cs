using Orleans.Runtime;
using Orleans.Storage;
using ToolRuntime.Sessions;
using ToolRuntime.Simulation.Tests.Runtime;

namespace ToolRuntime.Simulation.Tests.Store;

/// <summary>Grain storage of sessions' snapshots.</summary>
internal sealed class Snapshots
{
    private readonly Dictionary<GrainId, (int Version, SessionStore Store)> stored = [];
    private int versions;

    public SessionStore Find(GrainId grain) => stored.TryGetValue(grain, out var found) ? Copy(found.Store) : new();

    public Task<State> ReadAsync(VirtualSilo silo, GrainId grain) => silo.AskAsync(() =>
    {
        var state = new State(this, silo, grain);
        state.Load();
        return state;
    });

    private static SessionStore Copy(SessionStore store) => new() { Epoch = store.Epoch, Seq = store.Seq, State = store.State };

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
                all.stored[grain] = (++all.versions, written);
                return all.versions;
            });
        }

        public async Task ClearStateAsync()
        {
            await silo.AskAsync(() =>
            {
                Check();
                return all.stored.Remove(grain);
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
