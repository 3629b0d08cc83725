using StackExchange.Redis;

namespace ToolRuntime.Stores.Redis;

/// <summary>
/// The names of keys. What is in braces decides the slot on Redis Cluster: all of a session's keys are in one, all of a tenant's lists in
/// another, and the index of open work is spread over a few.
/// </summary>
internal sealed class RedisKeys(string prefix)
{
    private const int OpenShards = 16;

    /// <summary>Tenants that have sessions.</summary>
    public RedisKey Tenants => $"{prefix}tenants";

    /// <summary>Sessions with open work, and who marked them, in parts.</summary>
    public IEnumerable<RedisKey> OpenWork => Enumerable.Range(0, OpenShards).Select(OpenShard);

    /// <summary>As the scripts have them: header, entries, messages, their order, deltas, snapshot.</summary>
    public RedisKey[] Session(SessionKey session)
    {
        var tag = Tag(session);
        return [tag + "h", tag + "e", tag + "m", tag + "o", tag + "d", tag + "s"];
    }

    /// <summary>Copies of a session's entries and index that are being made under a name of their own.</summary>
    public RedisKey[] Copies(SessionKey session, string name)
    {
        var tag = $"{Tag(session)}~{name}:";
        return [tag + "e", tag + "m", tag + "o", tag + "d"];
    }

    /// <summary>What an archive knows this store by.</summary>
    public RedisKey ArchiveName => $"{prefix}archive";

    public RedisKey Header(SessionKey session) => Tag(session) + "h";

    /// <summary>A tenant's sessions with their bytes.</summary>
    public RedisKey Sessions(string tenant) => $"{prefix}{{{Escape(tenant)}}}:sessions";

    /// <summary>The sums of those bytes.</summary>
    public RedisKey Sums(string tenant) => $"{prefix}{{{Escape(tenant)}}}:bytes";

    /// <summary>Sessions that a subject owns or is a member of, and maybe some that it no longer is.</summary>
    public RedisKey Of(string tenant, string subject) => $"{prefix}{{{Escape(tenant)}}}:of:{subject}";

    /// <summary>The part of <see cref="OpenWork"/> that a session is in.</summary>
    public RedisKey OpenWorkOf(SessionKey session)
    {
        var hash = 2_166_136_261u; // FNV-1a: the same in every process
        foreach (var c in session.ToString()) hash = (hash ^ c) * 16_777_619u;
        return OpenShard((int)(hash % OpenShards));
    }

    /// <summary>What states of grains that are no sessions begin with.</summary>
    public string States(string storage) => $"{prefix}state:{storage}:";

    private RedisKey OpenShard(int shard) => $"{prefix}open:{shard}";

    private string Tag(SessionKey session) => $"{prefix}{{{Escape(session.ToString())}}}:";

    private static string Escape(string name) => name.AsSpan().IndexOfAny('{', '}', '%') < 0
        ? name
        : name.Replace("%", "%25", StringComparison.Ordinal)
            .Replace("{", "%7B", StringComparison.Ordinal).Replace("}", "%7D", StringComparison.Ordinal);
}
