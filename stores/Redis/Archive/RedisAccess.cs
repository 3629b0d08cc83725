namespace ToolRuntime.Stores.Redis;

/// <summary>What everything of a store has to do with Redis.</summary>
internal sealed record RedisAccess(RedisLogConnection Connection, RedisLogWriter Writer, RedisKeys Keys);
