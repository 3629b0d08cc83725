using System.Net.Sockets;
using Npgsql;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Postgres;

/// <summary>What PostgreSQL's errors mean, in words without an address or a name.</summary>
internal static class PostgresFaults
{
    private static readonly (string State, string Reason)[] States =
    [
        ("28", "refuses this user"),
        ("42501", "refuses this user"),
        ("3D", "has no such database"),
        ("53100", "has no space on its disk"),
        ("53300", "has too many connections"),
        ("53", "is out of resources"),
        ("57014", "does not answer in time"),
        ("57P", "stops or starts"),
        ("25006", "takes no writes"),
        ("58", "can't use its disk"),
        ("08", "can't be reached"),
    ];

    /// <summary>What callers get for an exception; null: it is none of PostgreSQL's.</summary>
    public static SessionLogUnavailableException? Explain(string what, string message, Exception e) => Reason(e) is { } reason
        // The client's own exceptions don't cross between silos.
        ? new(message, new IOException($"{e.GetType().Name}: {e.Message}"))
        {
            Reason = $"{what} {reason}",
        }
        : null;

    private static string? Reason(Exception e) => e switch
    {
        PostgresException error => States.FirstOrDefault(known => error.SqlState.StartsWith(known.State, StringComparison.Ordinal)).Reason
            ?? "reports an error",
        NpgsqlException { InnerException: TimeoutException } or TimeoutException => "does not answer in time",
        NpgsqlException or SocketException or IOException or ObjectDisposedException => "can't be reached",
        _ => null,
    };
}
