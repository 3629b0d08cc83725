using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Stores.Postgres;

/// <summary>
/// Where <see cref="PostgresArchive"/> is; section <c>ToolRuntime:Archive</c>, the same for all silos and gateways of a cluster.
/// </summary>
public sealed class PostgresArchiveOptions
{
    /// <summary>
    /// The database that idle sessions move to, in Npgsql's form: <c>Host=..;Username=..;Password=..;Database=..</c>. The user may create
    /// tables. PostgreSQL 13 or newer. Default none: sessions stay in Redis.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>How long a command may take before it fails, milliseconds. Default 5,000.</summary>
    [Range(1_000, 60_000)]
    public int TimeoutMs { get; set; } = 5_000;

    /// <summary>
    /// How long what has come back, or is not in use any more, stays in the archive: as far as Redis may go back to an older file without
    /// losing a session that has come back since. Without its key, which only Redis has, nobody can read it. Default 1 day.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(1);
}
