using Microsoft.Extensions.Options;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Stores.Workspaces;

/// <summary>
/// Workspaces in an object store: each a manifest, and an object for each different content, named by its hash. Nothing that a manifest
/// names is ever changed.
/// </summary>
internal sealed class ObjectWorkspaceStore(IObjectStore objects, IOptions<WorkspaceStoreOptions> options) : IWorkspaceStore
{
    private const int Tries = 5;

    public async Task CheckAsync(CancellationToken cancellationToken = default)
    {
        await foreach (var _ in objects.ListAsync(options.Value.Prefix, cancellationToken).ConfigureAwait(false)) return;
    }

    public async Task<IWorkspaceHold> RestoreAsync(SessionKey session, string folder, CancellationToken cancellationToken = default)
    {
        var keys = KeysOf(session);
        var (manifest, tag) = await TakeAsync(keys, cancellationToken).ConfigureAwait(false);
        using var root = FolderScan.OpenFolder(null, EntryName.ToBytes(folder))
            ?? throw new IOException("The folder for the workspace is gone.");
        var restore = new FolderRestore(root, async (hash, token) =>
            (await objects.GetAsync(keys.File(hash), token).ConfigureAwait(false))?.Content
                ?? throw new WorkspaceStoreException(WorkspaceFault.Damaged, "A file of the saved workspace is missing."),
            options.Value.Transfers);
        await restore.RunAsync(manifest.Entries, cancellationToken).ConfigureAwait(false);
        var hold = new WorkspaceHold(objects, keys, options.Value, folder, manifest, tag);
        if (!manifest.Entries.IsEmpty) await hold.CleanAsync(cancellationToken).ConfigureAwait(false);
        return hold;
    }

    /// <summary>The manifest goes first, so that nobody restores a part.</summary>
    public async Task EraseAsync(SessionKey session, CancellationToken cancellationToken = default)
    {
        var keys = KeysOf(session);
        await objects.DeleteAsync(keys.Manifest, cancellationToken).ConfigureAwait(false);
        var rest = new List<string>();
        await foreach (var key in objects.ListAsync(keys.Prefix, cancellationToken).ConfigureAwait(false)) rest.Add(key);
        await DeleteAsync(objects, rest, options.Value.Transfers, cancellationToken).ConfigureAwait(false);
    }

    internal static Task DeleteAsync(IObjectStore objects, IEnumerable<string> keys, int transfers, CancellationToken cancellationToken) =>
        Parallel.ForEachAsync(
        keys,
        new ParallelOptions { MaxDegreeOfParallelism = transfers, CancellationToken = cancellationToken },
        async (key, token) => await objects.DeleteAsync(key, token).ConfigureAwait(false));

    /// <summary>Writes the manifest anew with another holder, so that the holder before can't write it any more.</summary>
    private async Task<(Manifest Manifest, string Tag)> TakeAsync(WorkspaceKeys keys, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            using var found = await objects.GetAsync(keys.Manifest, cancellationToken).ConfigureAwait(false);
            var entries = found is null ? [] : (await Manifest.ReadAsync(found.Content, cancellationToken).ConfigureAwait(false)).Entries;
            var mine = Manifest.Of(WorkspaceHold.NewHolder(), entries);
            using var content = new MemoryStream(mine.Encode());
            var unchanged = found is null ? PutIf.None : PutIf.Is(found.Tag);
            var written = await objects.PutAsync(keys.Manifest, content, unchanged, cancellationToken).ConfigureAwait(false);
            if (written is not null) return (mine, written);
        }

        throw new WorkspaceStoreException(WorkspaceFault.Taken, "Others take the workspace as often as this silo does.");
    }

    private WorkspaceKeys KeysOf(SessionKey session) => new(options.Value.Prefix, session);
}

/// <summary>The keys of a session's objects.</summary>
internal sealed record WorkspaceKeys(string Root, SessionKey Session)
{
    public string Prefix => $"{Root}{Session.Tenant}/{Session.Session}/";

    public string Manifest => $"{Prefix}manifest";

    public string Files => $"{Prefix}files/";

    public string File(string hash) => Files + hash;
}
