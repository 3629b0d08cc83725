using System.Text.Json;
using Orleans.Storage;

namespace ToolRuntime.Grains.Tests.Support;

/// <summary>Keeps any grains' states in memory, as JSON.</summary>
internal sealed class StateStorage : IGrainStorage
{
    private readonly Lock gate = new();
    private readonly Dictionary<(GrainId, string), byte[]> stored = [];

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
