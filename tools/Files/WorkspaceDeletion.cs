using System.Runtime.InteropServices;

namespace ToolRuntime.Tools.Files;

/// <summary>Removes what is in workspaces, from open folder to open folder, so that nothing which is moved or becomes a link meanwhile leads it out of them.</summary>
internal static class WorkspaceDeletion
{
    private const int MaxDepth = 256;

    /// <exception cref="FileToolException">It is not empty (<c>conflict</c>), or something in it can't be removed; the rest may be gone.</exception>
    public static void Delete(WorkspaceFolder folder, FolderEntry entry, FileKind kind, string path, bool recursive, int depth = 0)
    {
        if (kind != FileKind.Folder)
        {
            if (folder.Remove(entry.Bytes, isFolder: false) is not 0 and not Libc.NoSuchFile and var error) throw Refusal(error, path);
            return;
        }

        if (recursive) Empty(folder, entry, path, depth);
        var failed = folder.Remove(entry.Bytes, isFolder: true);
        if (failed == Libc.NotEmpty) throw new FileToolException(new("conflict", recursive ? $"'{path}' was filled meanwhile, or has what can't be removed." : $"'{path}' is not empty."));
        if (failed is not 0 and not Libc.NoSuchFile) throw Refusal(failed, path);
    }

    private static void Empty(WorkspaceFolder parent, FolderEntry entry, string path, int depth)
    {
        // No path leads to a name that is no UTF-8; what such a folder has stays.
        if (entry.IsEscaped) return;
        if (depth == MaxDepth) throw new FileToolException(new("io_error", $"'{path}' is too deep."));
        using var folder = parent.OpenChild(entry.Name, path);
        foreach (var child in FolderEntries.Of(folder).ToList())
        {
            if (folder.StatusOf(child.Bytes) is { } status) Delete(folder, child, status.Kind, $"{path}/{child.Name}", recursive: true, depth + 1);
        }
    }

    private static Exception Refusal(int error, string path) => error is Libc.NotPermitted or Libc.AccessDenied
        ? new UnauthorizedAccessException(path)
        : new FileToolException(new("io_error", $"'{path}' can't be removed: {Marshal.GetPInvokeErrorMessage(error)}."));
}
