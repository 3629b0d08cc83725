using System.Security.Cryptography;
using Orleans.Storage;
using StackExchange.Redis;

namespace ToolRuntime.Stores.Redis;

/// <summary>States of grains that are no sessions, each a key of its own beside the session logs. Faults are those of the logs.</summary>
internal sealed class RedisStates(RedisLogConnection connection, IGrainStorageSerializer serializer, string prefix) : IGrainStorage
{
    private static readonly RedisScript Save = RedisScript.Of("state");
    private static readonly RedisValue[] Fields = ["version", "state"];

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var found = await connection.ReadAsync(database => database.HashGetAsync(Key(stateName, grainId), Fields)).ConfigureAwait(false);
        grainState.RecordExists = !found[0].IsNull;
        grainState.ETag = found[0];
        grainState.State = found[0].IsNull ? Activator.CreateInstance<T>() : serializer.Deserialize<T>(new((byte[])found[1]!));
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var version = RandomNumberGenerator.GetHexString(16, lowercase: true);
        await SaveAsync(stateName, grainId, grainState.ETag, version, serializer.Serialize(grainState.State).ToArray()).ConfigureAwait(false);
        (grainState.RecordExists, grainState.ETag) = (true, version);
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await SaveAsync(stateName, grainId, grainState.ETag, "", []).ConfigureAwait(false);
        (grainState.State, grainState.RecordExists, grainState.ETag) = (Activator.CreateInstance<T>(), false, null);
    }

    private async Task SaveAsync(string stateName, GrainId grain, string? expected, string version, byte[] state)
    {
        var saved = await connection.WriteAsync(database => Save.EvaluateAsync(database, [Key(stateName, grain)], [expected ?? "", version, state])).ConfigureAwait(false);
        if (!saved.IsNull) throw new InconsistentStateException($"The state {stateName} of {grain} is another one.", (string)saved!, expected);
    }

    private RedisKey Key(string stateName, GrainId grain) => $"{prefix}{grain}:{stateName}";
}
