using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>
/// One SQLite file and the one thread that uses it. What has gathered while a commit ran is the next transaction (group commit),
/// so that many writers share one wait for the disk. An operation runs on that thread, must not wait for anything, and its task completes after the commit.
/// A transaction that fails is rolled back; where SQLite failed, the connection is given up as well, and the next operation opens another, so that none begins inside an old transaction.
/// After a second without an operation, ten seconds at the latest, the write-ahead log is emptied, so that what was overwritten is gone from both files.
/// </summary>
internal sealed class SqliteDatabase : IDisposable
{
    private const int LargestBatch = 500;
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    // Versions come from one counter of the file, so that none repeats, not even for a record that is removed and written anew.
    private const string Counter =
        "CREATE TABLE IF NOT EXISTS version_counter (id INTEGER PRIMARY KEY CHECK (id = 1), value INTEGER NOT NULL); INSERT OR IGNORE INTO version_counter VALUES (1, 0);";

    private readonly Channel<Operation> operations = Channel.CreateUnbounded<Operation>(new() { SingleReader = true });
    private readonly string path;
    private readonly StoreWatch watch;
    private readonly Task worker;
    private SqliteConnection? connection;

    // What a process that died has overwritten is in the write-ahead log that it left.
    private long? overwrittenSince = Stopwatch.GetTimestamp();

    static SqliteDatabase() => SQLitePCL.Batteries_V2.Init();

    public SqliteDatabase(string path, string schema, StoreHealth health, ILogger logger)
    {
        this.path = path;
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } directory)
            Directory.CreateDirectory(directory);
        try
        {
            connection = Open(SqliteOpenMode.ReadWriteCreate);
            Execute(connection, Counter + schema);
        }
        catch (SqliteException exception)
        {
            connection?.Dispose();
            throw new InvalidDataException($"'{path}' can't be opened as an SQLite file: {exception.Message}", exception);
        }

        watch = SqliteFaults.Watch("grains", path, health, logger, () => WriteAsync(ProbeBy));
        worker = Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public Task<T> ReadAsync<T>(Func<SqliteConnection, T> body) => Queue(new Operation<T>(body, writes: false));

    public Task<T> WriteAsync<T>(Func<SqliteConnection, T> body) => Queue(new Operation<T>(body, writes: true));

    /// <summary>Finishes what was asked for and closes the file.</summary>
    public void Dispose()
    {
        watch.Dispose();
        operations.Writer.TryComplete();
        worker.GetAwaiter().GetResult();
    }

    private Task<T> Queue<T>(Operation<T> operation)
    {
        ObjectDisposedException.ThrowIf(!operations.Writer.TryWrite(operation), this);
        return operation.Result;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Writes a page that stays as it is.</summary>
    private static int ProbeBy(SqliteConnection connection)
    {
        Execute(connection, "PRAGMA user_version = 0");
        return 0;
    }

    /// <summary>Only the first opening may make the file: one that is gone later is an error, never an empty one in its place.</summary>
    private SqliteConnection Open(SqliteOpenMode mode)
    {
        var opened = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString());
        try
        {
            opened.Open();
            Execute(opened, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA busy_timeout=5000;");
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    private void Work()
    {
        var batch = new List<Operation>();
        while (WaitForMore())
        {
            while (batch.Count < LargestBatch && operations.Reader.TryRead(out var operation))
                batch.Add(operation);
            Commit(batch);
            batch.Clear();
        }

        GiveUp();
    }

    private bool WaitForMore()
    {
        var more = operations.Reader.WaitToReadAsync().AsTask();
        if (overwrittenSince is { } since && (Stopwatch.GetElapsedTime(since) > Longest || !more.Wait(Quiet))) Settle();
        return more.GetAwaiter().GetResult();
    }

    private void Settle()
    {
        overwrittenSince = null;
        try
        {
            if (connection is not null) Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (SqliteException)
        {
            // A full disk, say: the write-ahead log stays, and is emptied after the next write.
        }
    }

    private void Commit(List<Operation> batch)
    {
        var writes = batch.Exists(operation => operation.Writes);
        if (writes) overwrittenSince ??= Stopwatch.GetTimestamp();
        try
        {
            connection ??= Open(SqliteOpenMode.ReadWrite);
            // A batch that only reads takes no write lock and waits for no disk. No SqliteTransaction: one whose commit fails stays with its connection.
            Execute(connection, writes ? "BEGIN IMMEDIATE" : "BEGIN");
            foreach (var operation in batch)
                operation.Run(connection);
            Execute(connection, "COMMIT");
            SqliteFaults.Require(connection);
        }
        catch (Exception exception)
        {
            Rollback(exception);
            if (exception is SqliteException) exception = watch.Failed("The store of grains failed.", exception);
            foreach (var operation in batch)
                operation.Fail(exception);
            return;
        }
        foreach (var operation in batch)
            operation.Succeed();
    }

    private void Rollback(Exception cause)
    {
        try
        {
            if (connection is not null && raw.sqlite3_get_autocommit(connection.Handle) == 0) Execute(connection, "ROLLBACK");
            if (cause is not SqliteException) return;
        }
        catch (SqliteException)
        {
            // Then closing ends it.
        }

        GiveUp();
    }

    private void GiveUp()
    {
        try
        {
            connection?.Dispose();
        }
        catch (SqliteException)
        {
            // It is not used again.
        }

        connection = null;
    }

    private abstract class Operation(bool writes)
    {
        public bool Writes => writes;

        public abstract void Run(SqliteConnection connection);

        public abstract void Succeed();

        public abstract void Fail(Exception exception);
    }

    private sealed class Operation<T>(Func<SqliteConnection, T> body, bool writes) : Operation(writes)
    {
        private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T result = default!;

        public Task<T> Result => completion.Task;

        public override void Run(SqliteConnection connection) => result = body(connection);

        public override void Succeed() => completion.SetResult(result);

        public override void Fail(Exception exception) => completion.SetException(exception);
    }
}
