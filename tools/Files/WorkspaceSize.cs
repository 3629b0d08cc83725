namespace ToolRuntime.Tools.Files;

/// <summary>How much of the disk a workspace takes.</summary>
internal static class WorkspaceSize
{
    private const int MaxDepth = 256;

    /// <summary>Its bytes; at least <paramref name="enough"/> as soon as it is known to have so many. What goes away meanwhile, or may not be read, does not count.</summary>
    public static long Of(string workspace, long enough, CancellationToken cancellationToken)
    {
        try
        {
            using var root = WorkspaceFolder.Open(workspace);
            return Of(root, enough, 0, cancellationToken);
        }
        catch (Exception exception) when (exception is FileToolException or IOException)
        {
            return 0;
        }
    }

    private static long Of(WorkspaceFolder folder, long enough, int depth, CancellationToken cancellationToken)
    {
        var sum = 0L;
        try
        {
            foreach (var entry in FolderEntries.Of(folder))
            {
                if (cancellationToken.IsCancellationRequested || sum >= enough) return sum;
                if (folder.StatusOf(entry.Bytes) is not { } status) continue;
                sum += status.OnDisk;
                if (status.Kind != FileKind.Folder || entry.IsEscaped || depth == MaxDepth) continue;
                using var child = folder.OpenChild(entry.Name, entry.Name);
                sum += Of(child, enough - sum, depth + 1, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is FileToolException or IOException or UnauthorizedAccessException)
        {
            // It went away, or may not be read.
        }

        return sum;
    }
}
