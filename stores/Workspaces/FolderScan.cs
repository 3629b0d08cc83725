using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Stores.Workspaces;

/// <summary>By what a file is known to be unchanged without being read.</summary>
internal readonly record struct FileSignature(long Inode, long Size, long Modified, long StatusChanged);

/// <summary>Something that was found, with a file's signature.</summary>
internal sealed record Found(ManifestEntry Entry, FileSignature Signature);

/// <summary>Looks at all of a workspace. Tools may change it meanwhile; no link that they make leads out of it.</summary>
internal sealed class FolderScan(int maxEntries, long maxBytes)
{
    private const int MaxDepth = 200;
    private const int SizeOfStatus = 256;
    private const int ModeAt = 28, InodeAt = 32, SizeAt = 40, StatusChangedAt = 96, ModifiedAt = 112;
    private const int Permissions = 0xFFF;
    private const int NameAt = 19; // in what readdir returns, on 64-bit Linux

    private readonly List<Found> found = [];
    private long bytes;

    /// <summary>Entries that can't be kept.</summary>
    public int LeftOut { get; private set; }

    /// <exception cref="WorkspaceStoreException">It is larger than the limits.</exception>
    public IReadOnlyList<Found> Run(SafeFileHandle root)
    {
        Add(root, [], 1);
        return found;
    }

    /// <summary>Opens a folder in a folder, or that of a path; null where it is gone, or no folder, or closed to us.</summary>
    public static SafeFileHandle? OpenFolder(SafeFileHandle? parent, ReadOnlySpan<byte> path)
    {
        var folder = Libc.OpenAt(Descriptor(parent), path, Libc.ReadOnly | Libc.Directory | Libc.NoFollow | Libc.CloseOnExec, 0);
        return folder < 0 ? null : new(folder, ownsHandle: true);
    }

    /// <summary>Opens a file of a workspace to read it, through folders only; null where it is no file any more, or closed to us.</summary>
    public static SafeFileHandle? OpenFile(SafeFileHandle root, string path)
    {
        var parts = Parts(path);
        SafeFileHandle? folder = null;
        try
        {
            foreach (var part in parts[..^1])
            {
                var next = OpenFolder(folder ?? root, part);
                folder?.Dispose();
                folder = next;
                if (folder is null) return null;
            }

            const int ToRead = Libc.ReadOnly | Libc.NoFollow | Libc.NonBlocking | Libc.CloseOnExec;
            var file = Libc.OpenAt(Descriptor(folder ?? root), parts[^1], ToRead, 0);
            return file < 0 ? null : new(file, ownsHandle: true);
        }
        finally
        {
            folder?.Dispose();
        }
    }

    /// <summary>The parts of a path, each with a NUL at its end.</summary>
    public static List<byte[]> Parts(string path)
    {
        var bytes = EntryName.ToBytes(path).AsSpan()[..^1];
        var parts = new List<byte[]>();
        foreach (var part in bytes.Split((byte)'/')) parts.Add([.. bytes[part], 0]);
        return parts;
    }

    public static int Descriptor(SafeFileHandle? folder) => folder is null ? Libc.CurrentFolder : (int)folder.DangerousGetHandle();

    private void Add(SafeFileHandle folder, byte[] prefix, int depth)
    {
        if (depth > MaxDepth) throw TooLarge($"folders deeper than {MaxDepth}");
        foreach (var name in Names(folder).Order(ByteOrder.Instance))
        {
            var path = EntryName.ToText([.. prefix, .. name]);
            if (Look(folder, [.. name, 0], path) is not { } entry) continue;
            found.Add(entry);
            bytes += entry.Entry.Size;
            if (found.Count > maxEntries) throw TooLarge($"more than {maxEntries} files");
            if (bytes > maxBytes) throw TooLarge($"more than {maxBytes} bytes");
            if (entry.Entry.Kind != EntryKind.Folder) continue;
            using var inner = OpenFolder(folder, [.. name, 0]);
            if (inner is null) LeftOut++;
            else Add(inner, [.. prefix, .. name, (byte)'/'], depth + 1);
        }
    }

    private static WorkspaceStoreException TooLarge(string what) =>
        new(WorkspaceFault.TooLarge, $"The workspace has {what}, and is not saved until that is over.");

    private Found? Look(SafeFileHandle folder, byte[] name, string path)
    {
        Span<byte> status = stackalloc byte[SizeOfStatus];
        if (Libc.Status(Descriptor(folder), name, Libc.LinkItself, Libc.BasicStatus, status) != 0) return null; // gone meanwhile
        int mode = BitConverter.ToUInt16(status[ModeAt..]);
        var signature = new FileSignature(
            BitConverter.ToInt64(status[InodeAt..]),
            BitConverter.ToInt64(status[SizeAt..]),
            Time(status[ModifiedAt..]),
            Time(status[StatusChangedAt..]));
        switch (mode & 0xF000)
        {
            case 0x8000:
                return new(new(path, EntryKind.File, mode & Permissions, signature.Modified, signature.Size), signature);
            case 0x4000:
                return new(new(path, EntryKind.Folder, mode & Permissions, signature.Modified), signature);
            case 0xA000 when Target(folder, name) is { } target:
                return new(new(path, EntryKind.Link, 0, signature.Modified, Target: target), signature);
            default:
                LeftOut++; // a pipe, a socket, a device
                return null;
        }
    }

    private static long Time(ReadOnlySpan<byte> time) => (BitConverter.ToInt64(time) * 1_000_000_000) + BitConverter.ToUInt32(time[8..]);

    private static string? Target(SafeFileHandle folder, byte[] name)
    {
        var target = new byte[4096];
        var length = (int)Libc.ReadLink(Descriptor(folder), name, target, target.Length);
        return length <= 0 ? null : EntryName.ToText(target.AsSpan(0, length));
    }

    private static List<byte[]> Names(SafeFileHandle folder)
    {
        var again = Libc.OpenAt(Descriptor(folder), "."u8, Libc.ReadOnly | Libc.Directory | Libc.CloseOnExec, 0); // closed with the stream
        var stream = again < 0 ? 0 : Libc.ReadFrom(again);
        if (stream == 0) return [];
        var names = new List<byte[]>();
        try
        {
            while (Libc.Next(stream) is not 0 and var entry)
            {
                var name = NameOf(entry);
                if (name is not ([(byte)'.'] or [(byte)'.', (byte)'.'])) names.Add(name);
            }
        }
        finally
        {
            _ = Libc.CloseFolder(stream);
        }

        return names;
    }

    private static unsafe byte[] NameOf(nint entry) => MemoryMarshal.CreateReadOnlySpanFromNullTerminated((byte*)entry + NameAt).ToArray();

    private sealed class ByteOrder : IComparer<byte[]>
    {
        public static readonly ByteOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
