using Microsoft.Data.Sqlite;
using SQLitePCL;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>The file <c>sessions.db</c>: its schema, and connections to it.</summary>
internal sealed class SqliteLogFile(string path, int busyTimeoutMs)
{
    /// <summary>Kept in <c>PRAGMA user_version</c>. A newer one is refused, since an older program would write what the newer one can't trust.</summary>
    public const int SchemaVersion = 7;

    private const int ClearedVersion = 7;

    /// <summary>What entries count for.</summary>
    public const string SumOfBytes = "coalesce(sum(length(event) + coalesce(length(private), 0)), 0)";

    // An entry's rowid is its session's number << 32 | seq: one b-tree, clustered by session. Numbers are never used again, so that entries
    // of a deleted or renewed log, listed in "garbage" until they are swept, can't be mistaken for another's.
    private const string Version1 =
        """
        CREATE TABLE sessions (
            no INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, session TEXT NOT NULL, epoch TEXT NOT NULL, token TEXT NOT NULL,
            head INTEGER NOT NULL, first INTEGER NOT NULL, owner TEXT NOT NULL, members TEXT NOT NULL, updated_at INTEGER NOT NULL,
            open_work INTEGER NOT NULL DEFAULT 0, UNIQUE (tenant, session));
        CREATE INDEX sessions_at_work ON sessions (no) WHERE open_work = 1;
        CREATE TABLE entries (id INTEGER PRIMARY KEY, type TEXT NOT NULL, target TEXT, event BLOB NOT NULL, private BLOB);
        CREATE TABLE garbage (no INTEGER PRIMARY KEY);
        """;

    // Each session's bytes, kept as it is written.
    private const string Version3 =
        $"""
        ALTER TABLE sessions ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
        UPDATE sessions SET bytes = (SELECT {SumOfBytes} FROM entries WHERE id BETWEEN no << 32 AND (no << 32) + 4294967295);
        """;

    // By which cursors prove themselves; entries of before have none.
    private const string Version5 = "ALTER TABLE entries ADD COLUMN proof TEXT;";

    // Nothing but the number: since then the file has nothing in its pages' gaps, and an older program would leave it there.
    private const string Version7 = "";

    private int generation;

    public string Path => path;

    /// <summary>How long statements wait for what others have locked.</summary>
    public int BusyTimeoutMs => busyTimeoutMs;

    /// <summary>Creates the schema where there is none, and checks what there is.</summary>
    public void Prepare()
    {
        try
        {
            using var connection = OpenWriter(SqliteOpenMode.ReadWriteCreate);
            var version = Scalar(connection, "PRAGMA user_version");
            if (version > SchemaVersion)
            {
                throw new SessionLogUnavailableException(
                    $"'{path}' was written by a newer version (schema {version}, this one knows {SchemaVersion}). Use that version, or another data folder.");
            }

            string[] steps = [Version1, SqliteMessageReader.Schema, Version3, SqliteSessionLists.Schema, Version5, SqliteSessionLists.Labels, Version7];
            if (version is > 0 and < ClearedVersion) SqliteGaps.Clear(connection);
            if (version < SchemaVersion) Run(connection, $"BEGIN IMMEDIATE; {string.Concat(steps.Skip((int)version))} PRAGMA user_version = {SchemaVersion}; COMMIT;");
            // A file that is no database, or can't be written to, shows here and not at the first command.
            Run(connection, "BEGIN IMMEDIATE; UPDATE garbage SET no = no WHERE 0; COMMIT;");
        }
        catch (SqliteException e)
        {
            throw new SessionLogUnavailableException($"The session log '{path}' can't be opened: {Reason(e)}", e);
        }
    }

    /// <summary>How often the connections were given up; those opened before may show a file that is gone.</summary>
    public int Generation => generation;

    /// <summary>Has nobody use the connections that are open now.</summary>
    public void GiveUpConnections() => Interlocked.Increment(ref generation);

    /// <summary>
    /// The writer's connection: every commit is on the disk when it returns; checkpoints are the writer's own business. A file that is gone by now is an error, never
    /// an empty one in its place.
    /// </summary>
    public SqliteConnection OpenWriter(SqliteOpenMode mode = SqliteOpenMode.ReadWrite)
    {
        var connection = Open(mode);
        RunFirst(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16384");
        return connection;
    }

    public SqliteConnection OpenReader() => Open(SqliteOpenMode.ReadOnly);

    /// <summary>The connection that copies pages from the write-ahead log to the file while the writer goes on.</summary>
    public SqliteConnection OpenCheckpointer()
    {
        var connection = Open(SqliteOpenMode.ReadWrite);
        RunFirst(connection, "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0");
        return connection;
    }

    private SqliteConnection Open(SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, Vfs = SqliteClearingFiles.Name }.ToString());
        try
        {
            connection.Open();
            raw.sqlite3_busy_timeout(connection.Handle, busyTimeoutMs);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void RunFirst(SqliteConnection connection, string sql)
    {
        try
        {
            Run(connection, sql);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static string Reason(SqliteException e) => e.SqliteErrorCode switch
    {
        raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT => "it is damaged or no SQLite file; restore it from a backup or move it away",
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM => "it, or its folder, can't be written to",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "another program holds a lock on it",
        raw.SQLITE_FULL => "the disk is full",
        _ => e.Message,
    };

    private static void Run(SqliteConnection connection, string sql) =>
        SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(connection.Handle, sql), connection.Handle);

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using var statement = new SqliteStatement(connection, sql);
        var value = statement.Step() ? statement.Long(0) : 0;
        statement.Reset();
        return value;
    }
}
