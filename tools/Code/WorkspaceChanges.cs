using ToolRuntime.Tools.Files;

namespace ToolRuntime.Tools.Code;

/// <summary>
/// The files of a workspace before and after a program. Hidden ones (a part of the path begins with a dot) are left out, and what interpreters keep for themselves.
/// What other calls did in the same time is among the changes: nobody can tell who wrote a file.
/// </summary>
internal sealed class WorkspaceChanges(CodeOptions options, CancellationToken cancellationToken)
{
    private const int MaxDepth = 64;
    internal static readonly HashSet<string> Own = ["__pycache__", "node_modules"];

    private int scanned;
    private bool incomplete;

    /// <summary>What is there now.</summary>
    public Dictionary<string, FileStamp> Look(string workspace)
    {
        scanned = 0;
        var files = new Dictionary<string, FileStamp>(StringComparer.Ordinal);
        using var root = WorkspaceFolder.Open(workspace);
        Add(root, "", 0, files);
        return files;
    }

    /// <summary>What is not as it was <paramref name="before"/>, when the program was started at <paramref name="start"/>.</summary>
    public FileChanges Since(Dictionary<string, FileStamp> before, string workspace, long start)
    {
        var after = Look(workspace);
        return FileChanges.Between(before, after, start, incomplete);
    }

    private void Add(WorkspaceFolder folder, string prefix, int depth, Dictionary<string, FileStamp> files)
    {
        foreach (var entry in FolderEntries.Of(folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (++scanned > options.MaxScanned)
            {
                incomplete = true;
                return;
            }

            if (entry.IsEscaped || entry.Name.StartsWith('.') || Own.Contains(entry.Name)) continue;
            if (folder.StatusOf(entry.Bytes) is not { } status) continue;
            if (status.Kind == FileKind.File) files[prefix + entry.Name] = new(status.Size, status.Changed);
            else if (status.Kind == FileKind.Folder) Enter(folder, entry.Name, prefix + entry.Name, depth, files);
        }
    }

    private void Enter(WorkspaceFolder parent, string name, string path, int depth, Dictionary<string, FileStamp> files)
    {
        incomplete |= depth == MaxDepth;
        if (depth == MaxDepth) return;
        try
        {
            using var folder = parent.OpenChild(name, path);
            Add(folder, path + "/", depth + 1, files);
        }
        catch (Exception exception) when (exception is FileToolException or UnauthorizedAccessException)
        {
            // It may not be read, or went away or became a link meanwhile.
            incomplete = true;
        }
    }
}
