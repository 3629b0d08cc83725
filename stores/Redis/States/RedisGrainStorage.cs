using System.Security.Cryptography;
using Orleans.Storage;
using StackExchange.Redis;

namespace ToolRuntime.Stores.Redis.States;

/// <summary>States of grains of a cluster, a hash each. They are there until they are cleared.</summary>
/// <param name="redis">The connection.</param>
/// <param name="serializer">How they are written.</param>
/// <param name="prefix">What all keys begin with.</param>
internal sealed class RedisGrainStorage(IConnectionMultiplexer redis, IGrainStorageSerializer serializer, string prefix) : IGrainStorage
{
    private static readonly RedisScript Replace = RedisScript.Of("state");

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = Key(stateName, grainId);
        var found = await PortablyAsync(() => redis.GetDatabase().HashGetAsync(key, ["version", "state"])).ConfigureAwait(false);
        grainState.RecordExists = !found[0].IsNull;
        grainState.ETag = found[0];
        grainState.State = grainState.RecordExists ? serializer.Deserialize<T>(new((byte[])found[1]!)) : Activator.CreateInstance<T>();
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var version = RandomNumberGenerator.GetHexString(16, lowercase: true);
        var state = serializer.Serialize(grainState.State).ToArray();
        await ReplaceAsync(stateName, grainId, grainState.ETag, version, state).ConfigureAwait(false);
        (grainState.RecordExists, grainState.ETag) = (true, version);
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await ReplaceAsync(stateName, grainId, grainState.ETag, "", []).ConfigureAwait(false);
        (grainState.State, grainState.RecordExists, grainState.ETag) = (Activator.CreateInstance<T>(), false, null);
    }

    private async Task ReplaceAsync(string name, GrainId grain, string? known, string next, byte[] state)
    {
        var key = Key(name, grain);
        var other = await PortablyAsync(() => Replace.EvaluateAsync(redis.GetDatabase(), [key], [known ?? "", next, state])).ConfigureAwait(false);
        if (other.IsNull) return;
        throw new InconsistentStateException($"State {name} of {grain} is not the one of version {known ?? "none"}.", (string)other!, known);
    }

    /// <summary>The client's own exceptions don't cross between silos.</summary>
    private static async Task<T> PortablyAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception e) when (RedisFaults.Reason(e) is not null && RedisFaults.Portable(e) is var portable && portable != e)
        {
            throw portable;
        }
    }

    private RedisKey Key(string name, GrainId grain) => $"{prefix}state:{name}:{grain}";
}
