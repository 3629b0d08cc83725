using System.Collections.Concurrent;
using System.Globalization;
using Orleans.Storage;

namespace ToolRuntime.Engine.State;

/// <summary>States in memory, serialised, so that what a grain changes later is not stored by accident.</summary>
internal sealed class MemoryGrainStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string Name, GrainId Grain), Record> records = new();
    private long lastVersion;

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var found = records.TryGetValue((stateName, grainId), out var record);
        (grainState.RecordExists, grainState.ETag) = (found, record?.ETag);
        grainState.State = found ? StateSerializer.Deserialize<T>(record!.State) : default!;
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var next = new Record(StateSerializer.Serialize(grainState.State), Interlocked.Increment(ref lastVersion).ToString(CultureInfo.InvariantCulture));
        var written = records.TryGetValue((stateName, grainId), out var stored)
            ? stored.ETag == grainState.ETag && records.TryUpdate((stateName, grainId), next, stored)
            : grainState.ETag is null && records.TryAdd((stateName, grainId), next);
        if (!written)
            return Stale(stateName, grainId, stored?.ETag, grainState.ETag);
        (grainState.RecordExists, grainState.ETag) = (true, next.ETag);
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (records.TryGetValue((stateName, grainId), out var stored) && !(stored.ETag == grainState.ETag && records.TryRemove(new((stateName, grainId), stored))))
            return Stale(stateName, grainId, stored.ETag, grainState.ETag);
        (grainState.State, grainState.RecordExists, grainState.ETag) = (default!, false, null);
        return Task.CompletedTask;
    }

    private static Task Stale(string name, GrainId grain, string? stored, string? current) =>
        Task.FromException(new InconsistentStateException($"State {name} of {grain} has version {stored ?? "none"}, not {current ?? "none"}.", stored, current));

    private sealed record Record(byte[] State, string ETag);
}
