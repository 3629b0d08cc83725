using System.Text.Json;
using Orleans.Storage;

namespace ToolRuntime.Grains.Tests.Support;

/// <summary>Keeps any grains' states in memory, as JSON.</summary>
internal sealed class StateStorage : IGrainStorage
{
    private readonly Lock gate = new();
    private readonly Dictionary<(GrainId, string), byte[]> stored = [];

    /// <summary>Whose states can't be written just now.</summary>
    public Func<GrainId, bool> Refuses { get; set; } = static _ => false;

    /// <summary>A grain's state as JSON; null where none is kept.</summary>
    public string? Find(GrainId grain)
    {
        lock (gate) return stored.Where(state => state.Key.Item1 == grain).Select(state => System.Text.Encoding.UTF8.GetString(state.Value)).FirstOrDefault();
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        lock (gate)
        {
            grainState.RecordExists = stored.TryGetValue((grainId, stateName), out var found);
            grainState.State = grainState.RecordExists ? JsonSerializer.Deserialize<T>(found)! : Activator.CreateInstance<T>();
        }

        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (Refuses(grainId)) throw new IOException("The store is away.");
        lock (gate) stored[(grainId, stateName)] = JsonSerializer.SerializeToUtf8Bytes(grainState.State);
        grainState.RecordExists = true;
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        lock (gate) stored.Remove((grainId, stateName));
        (grainState.RecordExists, grainState.State) = (false, Activator.CreateInstance<T>());
        return Task.CompletedTask;
    }
}
