using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Stores.Workspaces;

/// <summary>Puts the entries of a manifest into an empty folder.</summary>
internal sealed class FolderRestore(SafeFileHandle root, Func<string, CancellationToken, Task<Stream>> read, int transfers)
{
    private const int OwnerFolder = 0x1C0, OwnerFile = 0x180;

    /// <exception cref="WorkspaceStoreException">A file's bytes are not those that were saved.</exception>
    /// <exception cref="IOException">The disk refuses.</exception>
    public async Task RunAsync(IReadOnlyList<ManifestEntry> entries, CancellationToken cancellationToken)
    {
        foreach (var folder in entries.Where(entry => entry.Kind == EntryKind.Folder))
        {
            In(folder.Path, (at, name) => Check(Libc.MakeFolder(at, name, OwnerFolder), folder));
        }

        await Parallel.ForEachAsync(
            entries.Where(entry => entry.Kind == EntryKind.File),
            new ParallelOptions { MaxDegreeOfParallelism = transfers, CancellationToken = cancellationToken },
            async (file, token) => await WriteAsync(file, token).ConfigureAwait(false)).ConfigureAwait(false);
        foreach (var link in entries.Where(entry => entry.Kind == EntryKind.Link))
        {
            In(link.Path, (at, name) =>
            {
                Check(Libc.MakeLink(EntryName.ToBytes(link.Target!), at, name), link);
                Check(Libc.SetTimes(at, name, Times(link), Libc.LinkItself), link);
            });
        }

        // A folder that may not be written to gets its mode when all is in it; its time changes with what is put into it.
        foreach (var folder in entries.Where(entry => entry.Kind == EntryKind.Folder).Reverse())
        {
            In(folder.Path, (at, name) =>
            {
                var descriptor = Libc.OpenAt(at, name, Libc.ReadOnly | Libc.Directory | Libc.NoFollow | Libc.CloseOnExec, 0);
                using var opened = new SafeFileHandle(Check(descriptor, folder), ownsHandle: true);
                Finish(opened, folder);
            });
        }
    }

    private async Task WriteAsync(ManifestEntry file, CancellationToken cancellationToken)
    {
        SafeFileHandle? handle = null;
        const int Anew = Libc.WriteOnly | Libc.Create | Libc.Exclusive | Libc.NoFollow | Libc.CloseOnExec;
        In(file.Path, (at, name) => handle = new(Check(Libc.OpenAt(at, name, Anew, OwnerFile), file), ownsHandle: true));
        await using var written = new FileStream(handle!, FileAccess.Write, bufferSize: 0);
        await using var content = await read(file.Hash!, cancellationToken).ConfigureAwait(false);
        var (hash, size) = await HashedCopy.RunAsync(content, written, cancellationToken).ConfigureAwait(false);
        if (hash != file.Hash || size != file.Size)
        {
            throw new WorkspaceStoreException(WorkspaceFault.Damaged, $"The saved file '{file.Path}' is damaged.");
        }

        Finish(handle!, file);
    }

    private static void Finish(SafeFileHandle handle, ManifestEntry entry)
    {
        Check(Libc.SetTimes(FolderScan.Descriptor(handle), Times(entry)), entry);
        Check(Libc.SetMode(FolderScan.Descriptor(handle), (uint)entry.Mode), entry);
    }

    private static long[] Times(ManifestEntry entry)
    {
        var seconds = Math.DivRem(entry.Changed, 1_000_000_000, out var nanoseconds);
        if (nanoseconds < 0) (seconds, nanoseconds) = (seconds - 1, nanoseconds + 1_000_000_000);
        return [seconds, nanoseconds, seconds, nanoseconds];
    }

    /// <summary>Acts on an entry's name in its folder.</summary>
    private void In(string path, Action<int, byte[]> act)
    {
        var parts = FolderScan.Parts(path);
        SafeFileHandle? folder = null;
        try
        {
            foreach (var part in parts[..^1])
            {
                var next = FolderScan.OpenFolder(folder ?? root, part);
                folder?.Dispose();
                folder = next ?? throw new WorkspaceStoreException(WorkspaceFault.Damaged, $"'{path}' has no folder to be in.");
            }

            act(FolderScan.Descriptor(folder ?? root), parts[^1]);
        }
        finally
        {
            folder?.Dispose();
        }
    }

    private static int Check(int answer, ManifestEntry entry) =>
        answer >= 0 ? answer : throw new IOException($"'{entry.Path}' can't be restored: {Marshal.GetLastPInvokeErrorMessage()}.");
}
