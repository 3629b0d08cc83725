using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>The file <c>search.db</c>: its schema, and connections to it. What can't be read, or is of another version, is made anew: the index is derived.</summary>
internal sealed class SqliteSearchFile(string path)
{
    // 2: since then the file is cleared of what was removed (SqliteClearingFiles).
    private const int SchemaVersion = 2;

    /// <summary>How long a statement or a checkpoint waits for what others do in the file.</summary>
    public const int BusyTimeoutMs = 2_000;

    // A text's rowid is its time in milliseconds << 10, and a number: so the newest come first without sorting, and a span of time is a range.
    // "words" has no copy of the texts (content=''): what is to be deleted from it is made again from "docs" and "texts".
    private const string Schema =
        """
        CREATE TABLE sessions (
            no INTEGER PRIMARY KEY, tenant TEXT NOT NULL, session TEXT NOT NULL, owner TEXT NOT NULL, epoch TEXT NOT NULL, seq INTEGER NOT NULL,
            version INTEGER NOT NULL, notes TEXT NOT NULL, UNIQUE (tenant, session));
        CREATE TABLE docs (
            id INTEGER PRIMARY KEY, session INTEGER NOT NULL, kind INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, target TEXT NOT NULL,
            message TEXT, execution TEXT, tool TEXT, user TEXT, stream INTEGER, line INTEGER);
        CREATE INDEX docs_of_session ON docs (session, first);
        CREATE TABLE texts (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
        CREATE TABLE outcomes (session INTEGER NOT NULL, execution TEXT NOT NULL, state INTEGER NOT NULL, PRIMARY KEY (session, execution)) WITHOUT ROWID;
        CREATE VIRTUAL TABLE words USING fts5 (text, meta, content = '', detail = full, prefix = '3', tokenize = 'ascii');
        INSERT INTO words (words, rank) VALUES ('hashsize', 16777216);
        INSERT INTO words (words, rank) VALUES ('secure-delete', 1);
        """;

    public string Path => path;

    /// <summary>The writing connection, on a file with the schema.</summary>
    public SqliteConnection OpenWriter()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        try
        {
            return Prepare();
        }
        catch (SqliteException damaged) when (damaged.SqliteErrorCode is raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT or raw.SQLITE_SCHEMA)
        {
            Remove(path);
            return Prepare();
        }
    }

    public SqliteConnection OpenReader()
    {
        var connection = Open(SqliteOpenMode.ReadOnly);
        Run(connection, "PRAGMA cache_size = -65536; PRAGMA mmap_size = 1073741824");
        return connection;
    }

    /// <summary>Throws the index away.</summary>
    public static void Remove(string path)
    {
        foreach (var file in (string[])[path, path + "-wal", path + "-shm"]) File.Delete(file);
    }

    private SqliteConnection Prepare()
    {
        var connection = Open(SqliteOpenMode.ReadWriteCreate);
        try
        {
            // An index that loses its last seconds with the power reads them again: only the file as such has to stay whole.
            Run(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -32768");
            var version = Scalar(connection, "PRAGMA user_version");
            if (version == SchemaVersion) return connection;
            if (version != 0) throw new SqliteException("The index is of another version.", raw.SQLITE_SCHEMA);
            Run(connection, $"BEGIN IMMEDIATE; {Schema} PRAGMA user_version = {SchemaVersion}; COMMIT;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private SqliteConnection Open(SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, Vfs = SqliteClearingFiles.Name }.ToString());
        try
        {
            connection.Open();
            raw.sqlite3_busy_timeout(connection.Handle, BusyTimeoutMs);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static void Run(SqliteConnection connection, string sql) => SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(connection.Handle, sql), connection.Handle);

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using var statement = new SqliteStatement(connection, sql);
        var value = statement.Step() ? statement.Long(0) : 0;
        statement.Reset();
        return value;
    }
}
