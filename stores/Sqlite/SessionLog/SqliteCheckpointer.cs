using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>
/// Keeps the write-ahead log short without holding up the writer: most pages are copied to the file on a connection of their own while
/// the writer goes on, and only the few that it wrote meanwhile are copied between two of its transactions, which lets the log begin anew.
/// </summary>
internal sealed partial class SqliteCheckpointer(SqliteLogFile file, int limit, ILogger logger) : IDisposable
{
    private readonly Lock gate = new();
    private SqliteConnection? connection;
    private Task? copying;
    private int pages;
    private int generation;

    /// <summary>Called by the writer's thread after each commit.</summary>
    public void AfterCommit(SqliteLogTables tables)
    {
        pages += tables.TakePagesWritten();
        if (copying is { IsCompleted: true })
        {
            copying = null;
            // Where a reader still needs old pages the log stays as it is; half a limit later it is tried again.
            pages = tables.Checkpoint() ? 0 : Math.Min(pages, limit / 2);
        }
        else if (copying is null && pages >= limit)
        {
            copying = Task.Run(Copy);
        }
    }

    /// <summary>Empties the write-ahead log, after what is being copied: two at a time SQLite refuses. See <see cref="SqliteLogTables.Truncate"/>.</summary>
    public bool Truncate(SqliteLogTables tables)
    {
        lock (gate) return tables.Truncate();
    }

    public void Dispose()
    {
        lock (gate) Close();
    }

    private void Close()
    {
        connection?.Dispose();
        connection = null;
    }

    private void Copy()
    {
        lock (gate)
        {
            try
            {
                if (generation != file.Generation) Close();
                generation = file.Generation;
                connection ??= file.OpenCheckpointer();
                var result = raw.sqlite3_wal_checkpoint_v2(connection.Handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out _, out _);
                if (result != raw.SQLITE_BUSY) SqliteException.ThrowExceptionForRC(result, connection.Handle);
            }
            catch (Exception e)
            {
                Close();
                LogFailed(logger, e);
            }
        }
    }
}
