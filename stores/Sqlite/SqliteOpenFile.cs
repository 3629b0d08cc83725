using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>
/// An open file of SQLite's own, <c>sqlite3_file</c>: a pointer to a table of functions, <c>sqlite3_io_methods</c>. A handle of one's own would do harm: closing it gives up SQLite's locks.
/// </summary>
internal readonly unsafe struct SqliteOpenFile(nint* handle)
{
    private const int FilePointer = 7; // SQLITE_FCNTL_FILE_POINTER
    private const int Moved = 20; // SQLITE_FCNTL_HAS_MOVED
    private const int Normal = 2; // SQLITE_SYNC_NORMAL

    /// <summary>The functions of a table that has all there are today (version 3), the version before them counted.</summary>
    public const int TableLength = 19;

    public const int WriteSlot = 3;
    private const int ReadSlot = 2;
    private const int SyncSlot = 5;
    private const int SizeSlot = 6;

    /// <summary>Its table of functions.</summary>
    public nint* Table => (nint*)*handle;

    /// <summary>The main file of a connection.</summary>
    public static SqliteOpenFile Of(SqliteConnection connection)
    {
        nint* found;
        SqliteException.ThrowExceptionForRC(Control(connection.Handle!.DangerousGetHandle(), 0, FilePointer, &found), connection.Handle);
        return new(found);
    }

    /// <summary>Whether the file of a connection was removed, moved or replaced since it was opened.</summary>
    public static bool HasMoved(SqliteConnection connection)
    {
        int moved;
        return Control(connection.Handle!.DangerousGetHandle(), 0, Moved, &moved) == raw.SQLITE_OK && moved != 0;
    }

    /// <summary>Has it use another table of functions from now on.</summary>
    public void Use(nint* table) => *handle = (nint)table;

    /// <summary>False at the end.</summary>
    public bool Read(Span<byte> into, long at)
    {
        fixed (byte* bytes = into) return ((delegate* unmanaged[Cdecl]<nint*, byte*, int, long, int>)Table[ReadSlot])(handle, bytes, into.Length, at) == raw.SQLITE_OK;
    }

    public int Write(ReadOnlySpan<byte> from, long at)
    {
        fixed (byte* bytes = from) return Write(Table[WriteSlot], bytes, from.Length, at);
    }

    /// <summary>Writes by a function of another table.</summary>
    public int Write(nint function, byte* from, int length, long at) => ((delegate* unmanaged[Cdecl]<nint*, byte*, int, long, int>)function)(handle, from, length, at);

    public int Sync() => ((delegate* unmanaged[Cdecl]<nint*, int, int>)Table[SyncSlot])(handle, Normal);

    /// <summary>How long it is; the longest there could be where it can't be told.</summary>
    public long Size()
    {
        long size;
        return ((delegate* unmanaged[Cdecl]<nint*, long*, int>)Table[SizeSlot])(handle, &size) == raw.SQLITE_OK ? size : long.MaxValue;
    }

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_file_control")]
    private static extern int Control(nint connection, nint database, int operation, void* value);
}
