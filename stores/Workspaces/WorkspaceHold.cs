using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Stores.Workspaces;

/// <summary>
/// Saves one workspace. First the files that the store does not have, then the manifest, then away with what nobody names any more:
/// whenever this is cut off, what is saved is whole, either as before or as now.
/// </summary>
internal sealed class WorkspaceHold(
    IObjectStore objects, WorkspaceKeys keys, WorkspaceStoreOptions options, string folder, Manifest manifest, string tag) : IWorkspaceHold
{
    private const int InMemory = 1 << 20;

    /// <summary>A file changed so shortly before it was looked at may be changed again without its times showing it.</summary>
    private const long TooFresh = 100_000_000;

    private readonly HashSet<string> stored = [.. manifest.Entries.Select(entry => entry.Hash).OfType<string>()];
    private Dictionary<string, (FileSignature Signature, string Hash)> known = [];

    public static string NewHolder() => $"{Guid.NewGuid():N}";

    public async Task<WorkspaceSave> SaveAsync(CancellationToken cancellationToken = default)
    {
        var scan = new FolderScan(options.MaxFiles, options.MaxBytes);
        using var root = FolderScan.OpenFolder(null, EntryName.ToBytes(folder)) ?? throw new IOException("The workspace's folder is gone.");
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1_000_000;
        var found = scan.Run(root);
        var files = new ConcurrentDictionary<string, (string Hash, long Size)>();
        long uploaded = 0;
        await Parallel.ForEachAsync(
            found.Where(one => one.Entry.Kind == EntryKind.File),
            new ParallelOptions { MaxDegreeOfParallelism = options.Transfers, CancellationToken = cancellationToken },
            async (one, token) =>
            {
                if (known.TryGetValue(one.Entry.Path, out var before) && before.Signature == one.Signature)
                {
                    files[one.Entry.Path] = (before.Hash, one.Entry.Size);
                }
                else if (await UploadAsync(root, one.Entry.Path, token).ConfigureAwait(false) is var (hash, size, sent))
                {
                    files[one.Entry.Path] = (hash, size);
                    Interlocked.Add(ref uploaded, sent);
                }
            }).ConfigureAwait(false);

        var kept = found.Where(one => one.Entry.Kind != EntryKind.File || files.ContainsKey(one.Entry.Path)).ToList();
        var entries = kept
            .Select(one => files.TryGetValue(one.Entry.Path, out var file) ? one.Entry with { Hash = file.Hash, Size = file.Size } : one.Entry)
            .ToList();
        var leftOut = scan.LeftOut + found.Count - kept.Count;
        var changed = !entries.SequenceEqual(manifest.Entries);
        if (changed) await WriteAsync(Manifest.Of(manifest.Holder, [.. entries]), cancellationToken).ConfigureAwait(false);
        known = kept.Where(one => files.ContainsKey(one.Entry.Path))
            .Where(one => Math.Max(one.Signature.Modified, one.Signature.StatusChanged) < now - TooFresh)
            .ToDictionary(one => one.Entry.Path, one => (one.Signature, files[one.Entry.Path].Hash));
        if (changed) await ForgetAsync(cancellationToken).ConfigureAwait(false);
        return new(changed, uploaded, leftOut);
    }

    public async Task TakeBackAsync(CancellationToken cancellationToken = default)
    {
        using var found = await objects.GetAsync(keys.Manifest, cancellationToken).ConfigureAwait(false);
        var theirs = found is null ? Manifest.Of("", []) : await Manifest.ReadAsync(found.Content, cancellationToken).ConfigureAwait(false);
        // The other holder may be about to remove what it does not name.
        lock (stored) stored.Clear();
        manifest = theirs with { Holder = NewHolder() };
        await PutAsync(found is null ? PutIf.None : PutIf.Is(found.Tag), cancellationToken).ConfigureAwait(false);
        known = [];
    }

    /// <summary>Removes files that a holder had brought and did not come to name.</summary>
    public async Task CleanAsync(CancellationToken cancellationToken)
    {
        var unnamed = new List<string>();
        await foreach (var key in objects.ListAsync(keys.Files, cancellationToken).ConfigureAwait(false))
        {
            if (!stored.Contains(key[keys.Files.Length..])) unnamed.Add(key);
        }

        await ObjectWorkspaceStore.DeleteAsync(objects, unnamed, options.Transfers, cancellationToken).ConfigureAwait(false);
    }

    private async Task WriteAsync(Manifest next, CancellationToken cancellationToken)
    {
        var before = manifest;
        manifest = next;
        try
        {
            await PutAsync(PutIf.Is(tag), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            manifest = before;
            throw;
        }
    }

    private async Task PutAsync(PutIf condition, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream(manifest.Encode());
        var written = await objects.PutAsync(keys.Manifest, content, condition, cancellationToken).ConfigureAwait(false);
        if (written is null && await FindMineAsync(cancellationToken).ConfigureAwait(false) is { } mine)
        {
            // An earlier write was not answered and has taken place.
            content.Position = 0;
            written = await objects.PutAsync(keys.Manifest, content, PutIf.Is(mine), cancellationToken).ConfigureAwait(false);
        }

        tag = written ?? throw new WorkspaceStoreException(WorkspaceFault.Taken, "Another silo has taken the workspace.");
    }

    private async Task<string?> FindMineAsync(CancellationToken cancellationToken)
    {
        using var found = await objects.GetAsync(keys.Manifest, cancellationToken).ConfigureAwait(false);
        if (found is null) return null;
        var there = await Manifest.ReadAsync(found.Content, cancellationToken).ConfigureAwait(false);
        return there.Holder == manifest.Holder ? found.Tag : null;
    }

    /// <summary>Brings a file's bytes of one moment, if the store has none like them; null where it is gone or may not be read.</summary>
    private async Task<(string Hash, long Size, long Sent)?> UploadAsync(
        SafeFileHandle root, string path, CancellationToken cancellationToken)
    {
        if (FolderScan.OpenFile(root, path) is not { } handle) return null;
        await using var file = new FileStream(handle, FileAccess.Read, bufferSize: 0);
        await using Stream copy = file.Length <= InMemory ? new MemoryStream() : Spool();
        var (hash, size) = await HashedCopy.RunAsync(file, copy, cancellationToken).ConfigureAwait(false);
        if (size > options.MaxBytes)
        {
            throw new WorkspaceStoreException(WorkspaceFault.TooLarge, $"'{path}' has more than {options.MaxBytes} bytes.");
        }

        lock (stored)
        {
            if (stored.Contains(hash)) return (hash, size, 0);
        }

        copy.Position = 0;
        await objects.PutAsync(keys.File(hash), copy, PutIf.Any, cancellationToken).ConfigureAwait(false);
        lock (stored) stored.Add(hash);
        return (hash, size, size);
    }

    /// <summary>A file without a name, which goes with its handle.</summary>
    private static FileStream Spool() => new(
        Path.Combine(Path.GetTempPath(), $"toolruntime-{Guid.NewGuid():N}"),
        FileMode.CreateNew,
        FileAccess.ReadWrite,
        FileShare.None,
        bufferSize: 1,
        FileOptions.DeleteOnClose | FileOptions.Asynchronous);

    private async Task ForgetAsync(CancellationToken cancellationToken)
    {
        var named = manifest.Entries.Select(entry => entry.Hash).OfType<string>().ToHashSet();
        var unnamed = stored.Except(named).ToList();
        try
        {
            var gone = unnamed.Select(keys.File);
            await ObjectWorkspaceStore.DeleteAsync(objects, gone, options.Transfers, cancellationToken).ConfigureAwait(false);
            stored.ExceptWith(unnamed);
        }
        catch (WorkspaceStoreException)
        {
            // All is saved; the next save, or the next holder, removes them. One that is gone and counts as stored must not be taken for
            // there.
            stored.ExceptWith(unnamed);
        }
    }
}
