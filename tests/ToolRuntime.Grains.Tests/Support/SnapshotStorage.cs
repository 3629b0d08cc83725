using Orleans.Storage;
using ToolRuntime.Sessions;

namespace ToolRuntime.Grains.Tests.Support;

/// <summary>Keeps sessions' snapshots in memory and tells when one was written; and what other grains keep.</summary>
internal sealed class SnapshotStorage : IGrainStorage
{
    private readonly Lock gate = new();
    private readonly Dictionary<GrainId, (string Epoch, long Seq, byte[] State)> stored = [];
    private readonly Dictionary<(string, GrainId), byte[]> others = [];
    private TaskCompletionSource written = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<long> Written { get; } = [];

    /// <summary>Whether sessions' snapshots can't be written just now.</summary>
    public bool Refuses { get; set; }

    public async Task<long> NextAsync(int nth)
    {
        while (true)
        {
            Task wait;
            lock (gate)
            {
                if (Written.Count >= nth) return Written[nth - 1];
                wait = written.Task;
            }

            await wait.WaitAsync(Waits.Long);
        }
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        lock (gate)
        {
            if (typeof(T) != typeof(SessionStore))
            {
                grainState.RecordExists = others.TryGetValue((stateName, grainId), out var json);
                grainState.State = json is null ? Activator.CreateInstance<T>() : System.Text.Json.JsonSerializer.Deserialize<T>(json)!;
                return Task.CompletedTask;
            }

            grainState.RecordExists = stored.TryGetValue(grainId, out var found);
            var store = grainState.RecordExists ? new SessionStore { Epoch = found.Epoch, Seq = found.Seq, State = found.State } : new SessionStore();
            grainState.State = (T)(object)store;
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (grainState.State is not SessionStore store)
        {
            lock (gate) others[(stateName, grainId)] = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(grainState.State);
            grainState.RecordExists = true;
            return Task.CompletedTask;
        }

        if (Refuses) throw new IOException("The store is away.");
        lock (gate)
        {
            stored[grainId] = (store.Epoch, store.Seq, store.State);
            Written.Add(store.Seq);
            written.TrySetResult();
            written = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (typeof(T) != typeof(SessionStore))
        {
            lock (gate) others.Remove((stateName, grainId));
            (grainState.RecordExists, grainState.State) = (false, Activator.CreateInstance<T>());
            return Task.CompletedTask;
        }

        lock (gate) stored.Remove(grainId);
        (grainState.RecordExists, grainState.State) = (false, (T)(object)new SessionStore());
        return Task.CompletedTask;
    }

    /// <summary>How many snapshots are kept, and how many of them have the text.</summary>
    public (int All, int With) Count(string text)
    {
        lock (gate) return (stored.Count, stored.Values.Count(s => System.Text.Encoding.UTF8.GetString(s.State).Contains(text, StringComparison.Ordinal)));
    }
}
