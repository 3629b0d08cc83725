using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>
/// SQLite's own way to files (its VFS), but that a database's pages are written with zeros where they are unused (<see cref="SqliteGaps"/>): whoever makes a checkpoint, and whenever it is
/// broken off, nothing that was removed can come into the file from there. The write-ahead log is written as ever, so commits cost what they cost; it has to be emptied all the same.
/// </summary>
internal static unsafe class SqliteClearingFiles
{
    private const int MainFile = 0x100; // SQLITE_OPEN_MAIN_DB
    private const int FunctionsBehindOpen = 15;

    // Beyond 2^25 pages (128 GB of 4 KB) pages that are no b-tree's may look like ones; such a file is written as it is, from half of that on for what a checkpoint may add.
    private const long MostPages = 1 << 24;

    private static readonly Lock Gate = new();
    private static readonly Dictionary<nint, nint> Tables = [];
    private static Vfs* usual;

    [ThreadStatic]
    private static byte[]? scratch;

    /// <summary>What a connection is opened with (<c>SqliteConnectionStringBuilder.Vfs</c>).</summary>
    public static string Name { get; } = Register("toolruntime-clearing");

    private static string Register(string name)
    {
        Batteries_V2.Init();
        usual = Find(null);
        if (usual is null || usual->Version < 3) throw new NotSupportedException("This SQLite is older than what its files can be cleared with.");
        var size = sizeof(Vfs) + (FunctionsBehindOpen * sizeof(nint));
        var own = (Vfs*)NativeMemory.Alloc((nuint)size);
        Buffer.MemoryCopy(usual, own, size, size);
        own->Next = 0;
        own->Name = Marshal.StringToCoTaskMemUTF8(name);
        own->Open = &Open;
        if (Add(own, 0) != raw.SQLITE_OK) throw new NotSupportedException("SQLite takes no other way to files.");
        return name;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(Vfs* vfs, byte* path, nint* handle, int flags, int* given)
    {
        var result = usual->Open(usual, path, handle, flags, given);
        if (result != raw.SQLITE_OK || (flags & MainFile) == 0) return result;
        var file = new SqliteOpenFile(handle);
        // A table without what newer ones have ends earlier: it is left as it is, and with it the file's gaps.
        if (*(int*)file.Table >= 3) file.Use(TableFor(file.Table));
        return result;
    }

    /// <summary>The table with another function to write, and behind its end the one that writes.</summary>
    private static nint* TableFor(nint* table)
    {
        lock (Gate)
        {
            if (Tables.TryGetValue((nint)table, out var known)) return (nint*)known;
            var own = (nint*)NativeMemory.Alloc(SqliteOpenFile.TableLength + 1, (nuint)sizeof(nint));
            Buffer.MemoryCopy(table, own, SqliteOpenFile.TableLength * sizeof(nint), SqliteOpenFile.TableLength * sizeof(nint));
            own[SqliteOpenFile.TableLength] = table[SqliteOpenFile.WriteSlot];
            own[SqliteOpenFile.WriteSlot] = (nint)(delegate* unmanaged[Cdecl]<nint*, byte*, int, long, int>)&Write;
            Tables[(nint)table] = (nint)own;
            return own;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(nint* handle, byte* from, int length, long at)
    {
        var file = new SqliteOpenFile(handle);
        var write = file.Table[SqliteOpenFile.TableLength];
        var page = new ReadOnlySpan<byte>(from, length);
        var (begin, end) = IsPage(length, at) ? SqliteGaps.Find(page, at == 0) : default;
        if (begin == end || file.Size() / length >= MostPages) return file.Write(write, from, length, at);

        if (scratch is null || scratch.Length < length) scratch = new byte[length];
        var cleared = scratch.AsSpan(0, length);
        page.CopyTo(cleared);
        cleared[begin..end].Clear();
        fixed (byte* bytes = cleared) return file.Write(write, bytes, length, at);
    }

    /// <summary>A database is written in whole pages, each at a multiple of its size.</summary>
    private static bool IsPage(int length, long at) => length is >= 512 and <= 65_536 && (length & (length - 1)) == 0 && at % length == 0;

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_vfs_find")]
    private static extern Vfs* Find(byte* name);

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_vfs_register")]
    private static extern int Add(Vfs* vfs, int makeDefault);

    /// <summary>The beginning of <c>sqlite3_vfs</c>, as far as it is changed; more functions follow.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Vfs
    {
        public int Version;
        public int FileSize;
        public int LongestPath;
        public nint Next;
        public nint Name;
        public nint Data;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, nint*, int, int*, int> Open;
    }
}
