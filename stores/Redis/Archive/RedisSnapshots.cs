using System.Security.Cryptography;
using Orleans.Storage;
using StackExchange.Redis;

namespace ToolRuntime.Stores.Redis;

/// <summary>
/// Snapshots of sessions beside their logs: they are in the archive when their logs are, expire and go with them. One state a session,
/// whose grain's key is <c>tenant/session</c>.
/// </summary>
internal sealed class RedisSnapshots(RedisSessionScripts scripts, IGrainStorageSerializer serializer, long expiry) : IGrainStorage
{
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var found = (RedisResult[])(await scripts.ReadAsync(Session(grainId), LogScript.Load, []).ConfigureAwait(false))!;
        grainState.RecordExists = found.Length > 0;
        grainState.ETag = found.Length > 0 ? (string)found[0]! : null;
        grainState.State = found.Length > 0 ? serializer.Deserialize<T>(new((byte[])found[1]!)) : Activator.CreateInstance<T>();
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var version = RandomNumberGenerator.GetHexString(16, lowercase: true);
        await SaveAsync(grainId, grainState.ETag, version, serializer.Serialize(grainState.State).ToArray()).ConfigureAwait(false);
        (grainState.RecordExists, grainState.ETag) = (true, version);
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await SaveAsync(grainId, grainState.ETag, "", []).ConfigureAwait(false);
        (grainState.State, grainState.RecordExists, grainState.ETag) = (Activator.CreateInstance<T>(), false, null);
    }

    private async Task SaveAsync(GrainId grain, string? expected, string version, byte[] state)
    {
        var session = Session(grain);
        var saved = await scripts.WriteAsync(session, LogScript.Save, expected ?? "", version, state, expiry).ConfigureAwait(false);
        if ((int)saved == 1) return;
        throw new InconsistentStateException($"The snapshot of {session} is another one, or the session is gone.", "", expected);
    }

    private static SessionKey Session(GrainId grain) => SessionKey.Parse(grain.Key.ToString()!);
}
