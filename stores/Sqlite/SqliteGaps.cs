using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>
/// Empties a write-ahead log so that nothing of what was removed stays in the file either. <c>secure_delete</c> overwrites a row that is removed, but not the copies that stay in the unused
/// middle of a page when its rows are moved to others: what a checkpoint copies to the file has that middle overwritten with zeros, through SQLite's own handle of the file.
/// </summary>
/// <remarks>For a file with one writer, which calls this outside a transaction, and makes all checkpoints this way (<c>PRAGMA wal_autocheckpoint = 0</c>).</remarks>
internal static unsafe class SqliteGaps
{
    private const int LogHeader = 32;
    private const int FrameHeader = 24;
    private const uint MostPages = 1 << 25;
    private const int FilePointer = 7; // SQLITE_FCNTL_FILE_POINTER
    private const int NoCheckpointOnClose = 1006; // SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE

    /// <summary>False: somebody reads, for longer than the connection waits, and it has to be done again.</summary>
    public static bool Checkpoint(SqliteConnection connection)
    {
        // Until the log is cut off the frames are in it, so that whoever comes after a crash finds these pages again.
        SortedSet<uint> pages;
        int size;
        try
        {
            pages = PagesInLog(connection.DataSource + "-wal", out size);
        }
        catch (IOException e)
        {
            throw new SqliteException($"The write-ahead log could not be read: {e.Message}", raw.SQLITE_IOERR);
        }

        if (raw.sqlite3_wal_checkpoint_v2(connection.Handle, "main", raw.SQLITE_CHECKPOINT_FULL, out var frames, out var copied) != raw.SQLITE_OK || frames != copied) return false;
        Clear(connection, pages, size);
        return raw.sqlite3_wal_checkpoint_v2(connection.Handle, "main", raw.SQLITE_CHECKPOINT_TRUNCATE, out _, out _) == raw.SQLITE_OK;
    }

    /// <summary>Closing leaves the log to the next who opens the file, in place of a checkpoint that clears nothing.</summary>
    public static void KeepLogWhenClosed(SqliteConnection connection) => Require(raw.sqlite3_db_config(connection.Handle, NoCheckpointOnClose, 1, out _));

    /// <summary>The pages that the frames of a log are of, those of an earlier round behind its end, too.</summary>
    private static SortedSet<uint> PagesInLog(string path, out int size)
    {
        var pages = new SortedSet<uint>();
        size = 0;
        if (!File.Exists(path)) return pages;
        using var log = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> header = stackalloc byte[FrameHeader];
        if (RandomAccess.Read(log, header, 0) < FrameHeader) return pages;
        size = (int)BinaryPrimitives.ReadUInt32BigEndian(header[8..]);
        if (size is < 512 or > 65_536) return pages; // A beginning that was never whole: SQLite takes nothing from such a log either.
        for (long at = LogHeader; RandomAccess.Read(log, header, at) == FrameHeader; at += FrameHeader + size) pages.Add(BinaryPrimitives.ReadUInt32BigEndian(header));
        return pages;
    }

    private static void Clear(SqliteConnection connection, SortedSet<uint> pages, int size)
    {
        if (pages.Count == 0) return;
        PageFile file;
        Require(FileControl(connection.Handle!.DangerousGetHandle(), 0, FilePointer, out file.Handle));
        var page = new byte[size];
        if (!file.Read(page, 0) || BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(28)) >= MostPages) return;
        var written = false;
        foreach (var number in pages)
        {
            var begin = (number - 1L) * size;
            // A log may have pages of a file that has become shorter.
            if (number == 0 || !file.Read(page, begin)) continue;
            var (from, to) = Gap(page, number == 1 ? 100 : 0);
            if (!page.AsSpan(from..to).ContainsAnyExcept((byte)0)) continue;
            page.AsSpan(from..to).Clear();
            Require(file.Write(page.AsSpan(from..to), begin + from));
            written = true;
        }

        if (written) Require(file.Sync());
    }

    /// <summary>
    /// Where a page of a b-tree has nothing: between the list of its cells and the first of them. Of other pages, which begin with a page's number, there is none.
    /// </summary>
    private static (int From, int To) Gap(ReadOnlySpan<byte> page, int header)
    {
        // 2 and 5 are pages inside an index or a table, 10 and 13 its leaves. A number below MostPages begins with none of these; a larger file (128 GB of pages of 4 KB) is not cleared.
        var length = page[header] switch { 2 or 5 => 12, 10 or 13 => 8, _ => 0 };
        if (length == 0) return default;
        var from = header + length + (2 * BinaryPrimitives.ReadUInt16BigEndian(page[(header + 3)..]));
        var to = BinaryPrimitives.ReadUInt16BigEndian(page[(header + 5)..]) is var start and not 0 ? start : 65_536;
        return from < to && to <= page.Length ? (from, to) : default;
    }

    private static void Require(int result)
    {
        if (result != raw.SQLITE_OK) throw new SqliteException("The file could not be cleared of what was removed.", result & 0xff, result);
    }

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_file_control")]
    private static extern int FileControl(nint connection, nint database, int operation, out nint* value);

    /// <summary>SQLite's <c>sqlite3_file</c>: a pointer to a table of functions; xRead is its second, xWrite its third, xSync its fifth, behind a version.</summary>
    private struct PageFile
    {
        private const int Normal = 2; // SQLITE_SYNC_NORMAL

        public nint* Handle;

        private readonly nint* Functions => (nint*)*Handle;

        public readonly bool Read(Span<byte> into, long at)
        {
            fixed (byte* bytes = into) return ((delegate* unmanaged[Cdecl]<nint*, byte*, int, long, int>)Functions[2])(Handle, bytes, into.Length, at) == raw.SQLITE_OK;
        }

        public readonly int Write(ReadOnlySpan<byte> from, long at)
        {
            fixed (byte* bytes = from) return ((delegate* unmanaged[Cdecl]<nint*, byte*, int, long, int>)Functions[3])(Handle, bytes, from.Length, at);
        }

        public readonly int Sync() => ((delegate* unmanaged[Cdecl]<nint*, int, int>)Functions[5])(Handle, Normal);
    }
}
