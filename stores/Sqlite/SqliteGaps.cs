using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>
/// The unused middle of a page, between the list of its cells and the first of them. <c>secure_delete</c> overwrites a row that is removed, but not the copies that stay there when a page's
/// rows are moved to others. What is written through <see cref="SqliteClearingFiles"/> has zeros there.
/// </summary>
internal static class SqliteGaps
{
    private const int FirstHeader = 100;

    /// <summary>Where a page of a b-tree has nothing, and yet not zeros. Of other pages, which begin with a page's number below 2^25, there is none.</summary>
    /// <param name="page">The whole page.</param>
    /// <param name="isFirst">Whether it is the file's first page, which has the file's header before its own.</param>
    public static (int From, int To) Find(ReadOnlySpan<byte> page, bool isFirst)
    {
        // 2 and 5 are pages inside an index or a table, 10 and 13 its leaves.
        var header = isFirst ? FirstHeader : 0;
        var length = page[header] switch { 2 or 5 => 12, 10 or 13 => 8, _ => 0 };
        if (length == 0) return default;
        var from = header + length + (2 * BinaryPrimitives.ReadUInt16BigEndian(page[(header + 3)..]));
        var to = BinaryPrimitives.ReadUInt16BigEndian(page[(header + 5)..]) is var start and not 0 ? start : 65_536;
        return from < to && to <= page.Length && page[from..to].ContainsAnyExcept((byte)0) ? (from, to) : default;
    }

    /// <summary>
    /// Clears a file that others have written, on a connection that is opened through <see cref="SqliteClearingFiles"/>. A crash meanwhile does no harm: only what is unused is changed.
    /// </summary>
    /// <exception cref="SqliteException">It could not be done, or somebody else uses the file.</exception>
    public static void Clear(SqliteConnection connection)
    {
        Require(raw.sqlite3_wal_checkpoint_v2(connection.Handle, "main", raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _));
        // Until this ends nobody can put anything into the write-ahead log, so there is nothing that others could copy to the file meanwhile.
        Require(raw.sqlite3_exec(connection.Handle, "BEGIN IMMEDIATE"));
        try
        {
            var file = SqliteOpenFile.Of(connection);
            var page = new byte[PageSize(connection)];
            // Writing is what clears it.
            for (var at = 0L; file.Read(page, at); at += page.Length) if (Find(page, at == 0) != default) Require(file.Write(page, at));
            Require(file.Sync());
        }
        finally
        {
            Require(raw.sqlite3_exec(connection.Handle, "ROLLBACK"));
        }
    }

    private static int PageSize(SqliteConnection connection)
    {
        using var statement = new SqliteStatement(connection, "PRAGMA page_size");
        var size = statement.Step() ? (int)statement.Long(0) : 0;
        statement.Reset();
        return size;
    }

    private static void Require(int result)
    {
        if (result != raw.SQLITE_OK) throw new SqliteException("The file could not be cleared of what was removed.", result & 0xff, result);
    }
}
