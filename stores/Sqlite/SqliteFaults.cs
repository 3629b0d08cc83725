using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>What SQLite's errors mean, in words without a path, and whether a file is still where it was.</summary>
internal static class SqliteFaults
{
    /// <summary>A store needs this much to go on; less is a full disk, whatever a small write says.</summary>
    public const long LeastFreeBytes = 1_000_000;

    private const int Moved = 1_032; // SQLITE_READONLY_DBMOVED

    /// <exception cref="SqliteException">The file was removed, moved or replaced since it was opened, or its write-ahead log was: what is written would be nowhere.</exception>
    public static void Require(SqliteConnection connection)
    {
        if (SqliteOpenFile.HasMoved(connection) || !File.Exists(connection.DataSource + "-wal")) throw new SqliteException("The file is gone or was replaced.", raw.SQLITE_READONLY, Moved);
    }

    /// <summary>A store on a file, as its watch asks.</summary>
    public static StoreWatch Watch(string name, string path, StoreHealth health, ILogger logger, Func<Task> probe) =>
        new(name, health, logger, e => e is SqliteException fault ? Reason(fault, path) : null, async () =>
        {
            await probe().ConfigureAwait(false);
            return FreeBytes(path) < LeastFreeBytes ? "the disk is full" : null;
        });

    public static string Reason(SqliteException e, string path) => e.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => "the disk is full",
        _ when e.SqliteExtendedErrorCode == Moved || !File.Exists(path) => "its file is gone",
        raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN when FreeBytes(path) < LeastFreeBytes => "the disk is full",
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM => "it can't be written to",
        raw.SQLITE_IOERR => "the disk reports an input/output error",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "another program holds a lock on it",
        raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT => "its file is damaged",
        _ => "it reports an error",
    };

    /// <summary>What a process like this one may still write beside the file.</summary>
    public static long FreeBytes(string path)
    {
        try
        {
            return new DriveInfo(Path.GetDirectoryName(path)!).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return 0;
        }
    }
}
