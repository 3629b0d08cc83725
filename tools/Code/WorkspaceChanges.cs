using System.Text.Json;
using ToolRuntime.Tools.Files;

namespace ToolRuntime.Tools.Code;

/// <summary>
/// The files of a workspace before and after a program. Hidden ones (a part of the path begins with a dot) are left out, and what interpreters keep for themselves.
/// What other calls did in the same time is among the changes: nobody can tell who wrote a file.
/// </summary>
internal sealed class WorkspaceChanges(CodeOptions options, CancellationToken cancellationToken)
{
    private const int MaxDepth = 64;
    private static readonly HashSet<string> Own = ["__pycache__", "node_modules"];

    private int scanned;

    /// <summary>Whether there is more than was looked at.</summary>
    public bool Incomplete { get; private set; }

    /// <summary>What is there now.</summary>
    public Dictionary<string, FileStamp> Look(string workspace)
    {
        scanned = 0;
        var files = new Dictionary<string, FileStamp>(StringComparer.Ordinal);
        using var root = WorkspaceFolder.Open(workspace);
        Add(root, "", 0, files);
        return files;
    }

    /// <summary>What differs, by path. Where not all was looked at, only what has been changed since <paramref name="start"/> does for certain.</summary>
    public IReadOnlyList<FileChange> Between(Dictionary<string, FileStamp> before, Dictionary<string, FileStamp> after, long start)
    {
        var changes = new List<FileChange>();
        foreach (var (path, now) in after)
        {
            if (Incomplete && now.Changed < start) continue;
            if (!before.TryGetValue(path, out var then)) changes.Add(new(path, "created", now.Size));
            else if (then != now) changes.Add(new(path, "changed", now.Size));
        }

        if (!Incomplete) foreach (var path in before.Keys) if (!after.ContainsKey(path)) changes.Add(new(path, "deleted", null));
        changes.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return changes;
    }

    /// <summary>Writes <c>files</c>, and <c>moreFiles</c> or <c>filesIncomplete</c> where not all are named.</summary>
    public void Write(Utf8JsonWriter json, IReadOnlyList<FileChange> changes)
    {
        json.WriteStartArray("files");
        foreach (var change in changes.Take(options.MaxReported))
        {
            json.WriteStartObject();
            json.WriteString("path", change.Path);
            json.WriteString("change", change.Change);
            if (change.Bytes is { } bytes) json.WriteNumber("bytes", bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (changes.Count > options.MaxReported) json.WriteNumber("moreFiles", changes.Count - options.MaxReported);
        if (Incomplete) json.WriteBoolean("filesIncomplete", true);
    }

    private void Add(WorkspaceFolder folder, string prefix, int depth, Dictionary<string, FileStamp> files)
    {
        foreach (var entry in FolderEntries.Of(folder))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (++scanned > options.MaxScanned)
            {
                Incomplete = true;
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
        Incomplete |= depth == MaxDepth;
        if (depth == MaxDepth) return;
        try
        {
            using var folder = parent.OpenChild(name, path);
            Add(folder, path + "/", depth + 1, files);
        }
        catch (Exception exception) when (exception is FileToolException or UnauthorizedAccessException)
        {
            // It may not be read, or went away or became a link meanwhile.
            Incomplete = true;
        }
    }
}

/// <summary>By what a change of a file is known: its size, and when it or what is known of it was last changed, in nanoseconds.</summary>
internal readonly record struct FileStamp(long Size, long Changed);

/// <summary>A file that is not as it was; <c>Change</c>: <c>created</c>, <c>changed</c> or <c>deleted</c>.</summary>
internal sealed record FileChange(string Path, string Change, long? Bytes);
