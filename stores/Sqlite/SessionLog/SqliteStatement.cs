using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>
/// A prepared statement, used again and again by one thread at a time. It binds spans straight from the caller's memory, which
/// <see cref="SqliteCommand"/> can't. Parameters are numbered from 1, columns from 0.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 connection;
    private readonly sqlite3_stmt statement;

    public SqliteStatement(SqliteConnection connection, string sql)
    {
        this.connection = connection.Handle!;
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(this.connection, sql, out statement), this.connection);
    }

    public SqliteStatement Bind(int index, long value)
    {
        Check(raw.sqlite3_bind_int64(statement, index, value));
        return this;
    }

    public SqliteStatement Bind(int index, string? value)
    {
        if (value is null)
        {
            Check(raw.sqlite3_bind_null(statement, index));
            return this;
        }

        Span<byte> utf8 = stackalloc byte[256];
        if (!Encoding.UTF8.TryGetBytes(value, utf8, out var length))
        {
            utf8 = Encoding.UTF8.GetBytes(value);
            length = utf8.Length;
        }

        // An empty span would bind NULL.
        Check(length == 0 ? raw.sqlite3_bind_text(statement, index, "") : raw.sqlite3_bind_text(statement, index, utf8[..length]));
        return this;
    }

    /// <summary>Empty is stored as NULL.</summary>
    public SqliteStatement Bind(int index, ReadOnlySpan<byte> value)
    {
        Check(value.IsEmpty ? raw.sqlite3_bind_null(statement, index) : raw.sqlite3_bind_blob(statement, index, value));
        return this;
    }

    /// <summary>Moves to the next row; false at the end, after which the statement can be bound again.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(statement);
        if (result == raw.SQLITE_ROW) return true;

        // Reset first: it must also happen when the step failed, and it keeps the error for the exception.
        var reset = raw.sqlite3_reset(statement);
        Check(result == raw.SQLITE_DONE ? reset : result);
        return false;
    }

    /// <summary>Runs a statement without rows, or ignores them.</summary>
    public void Run()
    {
        while (Step())
        {
        }
    }

    /// <summary>Leaves the rows that were not read.</summary>
    public void Reset() => raw.sqlite3_reset(statement);

    public long Long(int column) => raw.sqlite3_column_int64(statement, column);

    public string Text(int column) => raw.sqlite3_column_text(statement, column).utf8_to_string();

    public string? TextOrNull(int column) => raw.sqlite3_column_type(statement, column) == raw.SQLITE_NULL ? null : Text(column);

    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(statement, column);

    public void Dispose() => statement.Dispose();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(result, connection);
    }
}
