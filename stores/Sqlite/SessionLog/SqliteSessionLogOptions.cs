using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>Where and how <see cref="SqliteSessionLog"/> stores; section <c>ToolRuntime:Data</c>.</summary>
public sealed class SqliteSessionLogOptions
{
    /// <summary>
    /// The data folder, made when it is not there. The log is <c>sessions.db</c> in it. Default <c>data</c>, relative to the working
    /// folder.
    /// </summary>
    [Required]
    public string Path { get; set; } = "data";

    /// <summary>Connections that read at the same time. Default 4.</summary>
    [Range(1, 64)]
    public int Readers { get; set; } = 4;

    /// <summary>
    /// Pages of 4 KB in the write-ahead log from which on they are copied to the file, beside the writer. Default 4,000 (16 MB).
    /// </summary>
    [Range(100, 1_000_000)]
    public int CheckpointPages { get; set; } = 4_000;

    /// <summary>How long to wait for a lock that another program holds on the file (a backup), milliseconds. Default 2,000.</summary>
    [Range(0, 60_000)]
    public int BusyTimeoutMs { get; set; } = 2_000;
}
