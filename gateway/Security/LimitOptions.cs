using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Gateway.Security;

/// <summary>
/// What a key may use; 0 means no limit. Absent means the number of <c>ToolRuntime:Access:Limits</c>, and there the default.
/// </summary>
public sealed class LimitOptions
{
    /// <summary>Commands and HTTP requests per second, in the long run. Default 5,000.</summary>
    [Range(0, 1_000_000)]
    public int? CommandsPerSecond { get; set; }

    /// <summary>Of those, how many may come at once. Default twice <see cref="CommandsPerSecond"/>.</summary>
    [Range(0, 10_000_000)]
    public int? CommandBurst { get; set; }

    /// <summary>WebSockets and event streams at a time. Default 1,000.</summary>
    [Range(0, 1_000_000)]
    public int? Connections { get; set; }

    /// <summary>Sessions open on all its connections together. Default 10,000.</summary>
    [Range(0, 10_000_000)]
    public int? OpenSessions { get; set; }

    /// <summary>Executions that run at a time, of the key's subject on one silo. Default 2,000.</summary>
    [Range(0, 1_000_000)]
    public int? Executions { get; set; }

    /// <summary>Bytes stored in the logs of one owner's sessions. Default 10 GB.</summary>
    [Range(0, long.MaxValue)]
    public long? OwnerBytes { get; set; }

    /// <summary>Bytes stored in the logs of all sessions of the tenant. Default 100 GB.</summary>
    [Range(0, long.MaxValue)]
    public long? TenantBytes { get; set; }
}

/// <summary>The limits of one key, all of them decided; 0 means none.</summary>
internal sealed record KeyLimits(
    int CommandsPerSecond, int CommandBurst, int Connections, int OpenSessions, int Executions, long OwnerBytes, long TenantBytes)
{
    private const long Gigabyte = 1L << 30;

    public static KeyLimits Of(LimitOptions own, LimitOptions all)
    {
        var rate = own.CommandsPerSecond ?? all.CommandsPerSecond ?? 5_000;
        return new(
            rate, own.CommandBurst ?? all.CommandBurst ?? (rate * 2), own.Connections ?? all.Connections ?? 1_000, own.OpenSessions
                ?? all.OpenSessions ?? 10_000,
            own.Executions ?? all.Executions ?? 2_000, own.OwnerBytes ?? all.OwnerBytes ?? (10 * Gigabyte), own.TenantBytes
                ?? all.TenantBytes ?? (100 * Gigabyte));
    }
}
