using System.Net.Sockets;
using StackExchange.Redis;

namespace ToolRuntime.Streams.Redis;

/// <summary>Tells faults of Redis and of the connection to it from all others.</summary>
public static class RedisFault
{
    /// <summary>
    /// Whether <paramref name="exception"/>, thrown by a call of Redis' client, says that Redis failed. The call whose answer is being read when its connection
    /// breaks gets what broke it as it is, not wrapped in an exception of the client; others are cancelled, though nobody asked for that.
    /// </summary>
    public static bool Is(Exception exception) => exception is RedisException or RedisCommandException or TimeoutException || IsBroken(exception);

    /// <summary>Whether the connection broke under the call.</summary>
    public static bool IsBroken(Exception exception) =>
        exception is RedisConnectionException or IOException or SocketException or OperationCanceledException or InvalidOperationException;
}
