namespace ToolRuntime.Tools.Files;

/// <summary>Collects what is in a folder, down to a depth and up to a number of entries.</summary>
internal sealed class Listing(int limit, int maxDepth, CancellationToken cancellationToken)
{
    // More of one folder is never listed, so that memory stays bounded; no limit of entries that makes sense reaches it.
    private const int MaxSorted = 50_000;

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = true };

    private readonly List<Entry> entries = [];

    public IReadOnlyList<Entry> Entries => entries;

    /// <summary>Whether there is more than <see cref="Entries"/> holds.</summary>
    public bool IsTruncated { get; private set; }

    public void Add(WorkspaceFolder folder, string prefix, int depth)
    {
        foreach (var info in new DirectoryInfo(folder.PathOf(".")).EnumerateFileSystemInfos("*", Everything).Take(MaxSorted).OrderBy(info => info.Name, StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entries.Count == limit)
            {
                IsTruncated = true;
                return;
            }

            var entry = Describe(info, prefix + info.Name);
            entries.Add(entry);
            if (entry.Type == "folder") Enter(folder, info.Name, entry.Path, depth);
        }
    }

    private void Enter(WorkspaceFolder parent, string name, string path, int depth)
    {
        if (depth == maxDepth)
        {
            IsTruncated |= maxDepth > 1;
            return;
        }

        try
        {
            using var folder = parent.OpenChild(name, path);
            Add(folder, path + "/", depth + 1);
        }
        catch (Exception exception) when (exception is FileToolException or UnauthorizedAccessException or DirectoryNotFoundException)
        {
            // It may not be read, or went away or became a link meanwhile.
        }
    }

    private static Entry Describe(FileSystemInfo info, string path) =>
        info.LinkTarget is not null ? new(path, "link", null)
        : info is FileInfo file ? new(path, "file", file.Length)
        : new(path, "folder", null);

    internal sealed record Entry(string Path, string Type, long? Bytes);
}
