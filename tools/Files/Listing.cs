namespace ToolRuntime.Tools.Files;

/// <summary>Collects what is in a folder, down to a depth and up to a number of entries.</summary>
internal sealed class Listing(int limit, int maxDepth, CancellationToken cancellationToken)
{
    // More of one folder is never listed, so that memory stays bounded; no limit of entries that makes sense reaches it.
    private const int MaxSorted = 50_000;

    private readonly List<Entry> entries = [];

    public IReadOnlyList<Entry> Entries => entries;

    /// <summary>Whether there is more than <see cref="Entries"/> holds.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>How many went away while they were looked at, or may not be looked into.</summary>
    public int Skipped { get; private set; }

    public void Add(WorkspaceFolder folder, string prefix, int depth)
    {
        foreach (var found in FolderEntries.Of(folder).Take(MaxSorted).OrderBy(found => found.Name, StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entries.Count == limit)
            {
                IsTruncated = true;
                return;
            }

            if (folder.StatusOf(found.Bytes) is not { } status)
            {
                Skipped++;
                continue;
            }

            entries.Add(new(prefix + found.Name, NameOf(status.Kind), status.Kind == FileKind.File ? status.Size : null, found.IsEscaped, status.Modified));
            if (status.Kind == FileKind.Folder) Enter(folder, found, prefix + found.Name, depth);
        }
    }

    private void Enter(WorkspaceFolder parent, FolderEntry found, string path, int depth)
    {
        if (depth == maxDepth)
        {
            IsTruncated |= maxDepth > 1;
            return;
        }

        try
        {
            if (found.IsEscaped)
            {
                Skipped++;
                return;
            }

            using var folder = parent.OpenChild(found.Name, path);
            Add(folder, path + "/", depth + 1);
        }
        catch (Exception exception) when (exception is FileToolException or UnauthorizedAccessException)
        {
            // It may not be read, or went away or became a link meanwhile.
            Skipped++;
        }
    }

    private static string NameOf(FileKind kind) => kind switch
    {
        FileKind.File => "file",
        FileKind.Folder => "folder",
        FileKind.Link => "link",
        _ => "other",
    };

    /// <summary>One line of the listing; <c>IsEscaped</c>: its own name is not UTF-8.</summary>
    internal sealed record Entry(string Path, string Type, long? Bytes, bool IsEscaped, DateTimeOffset ChangedAt);
}
