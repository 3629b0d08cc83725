using StackExchange.Redis;
using ToolRuntime.Streams.Redis;

namespace ToolRuntime.Stores.Redis;

/// <summary>What Redis' errors mean, in words without an address.</summary>
internal static class RedisFaults
{
    private static readonly (string Error, string Reason)[] Errors =
    [
        ("LOADING", "it is loading its data"),
        ("BUSY", "it is busy with a script"),
        ("OOM", "its memory is full"),
        ("MISCONF", "it can't write to its disk"),
        ("NOREPLICAS", "it has too few replicas"),
        ("READONLY", "it takes no writes"),
        ("MASTERDOWN", "it is cut off from its master"),
        ("CLUSTERDOWN", "its cluster is not complete"),
        ("TRYAGAIN", "its cluster is moving data"),
        ("MOVED", "its cluster is moving data"),
        ("ASK", "its cluster is moving data"),
        ("NOAUTH", "it refuses this user"),
        ("WRONGPASS", "it refuses this user"),
        ("NOPERM", "it refuses this user"),
    ];

    /// <summary>Null: no fault of Redis.</summary>
    public static string? Reason(Exception e) => e switch
    {
        RedisTimeoutException or TimeoutException => "it does not answer in time",
        _ when RedisFault.IsBroken(e) => "it can't be reached",
        RedisServerException server => Errors.FirstOrDefault(known => server.Message.StartsWith(known.Error, StringComparison.Ordinal))
            .Reason ?? "it reports an error",
        RedisException or RedisCommandException => "it reports an error",
        _ => null,
    };

    /// <summary>The same as an exception that every process knows: the client's own ones don't cross between silos.</summary>
    public static Exception Portable(Exception e) =>
        RedisFault.Is(e) && e.GetType().Namespace?.StartsWith("System", StringComparison.Ordinal) != true ? new IOException($"{e.GetType().Name}: {e.Message}") : e;

    /// <summary>The session's log is in the archive; nothing was run.</summary>
    public static bool IsArchived(RedisServerException e) => e.Message.StartsWith("ARCHIVED", StringComparison.Ordinal);

    /// <summary>The server was asked for a script that it does not know.</summary>
    public static bool IsUnknownScript(RedisServerException e) => e.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal);
}
