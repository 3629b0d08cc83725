using System.Text.Json;

namespace ToolRuntime.Tools.Code;

/// <summary>The files that are not as they were before a program.</summary>
/// <param name="Files">By path.</param>
/// <param name="Incomplete">Whether there was more than was looked at.</param>
internal sealed record FileChanges(IReadOnlyList<FileChange> Files, bool Incomplete)
{
    public static FileChanges None { get; } = new([], false);

    /// <summary>What differs. Where not all was looked at, only what has been changed since <paramref name="start"/> does for certain.</summary>
    public static FileChanges Between(Dictionary<string, FileStamp> before, Dictionary<string, FileStamp> after, long start, bool incomplete)
    {
        var changes = new List<FileChange>();
        foreach (var (path, now) in after)
        {
            if (incomplete && now.Changed < start) continue;
            if (!before.TryGetValue(path, out var then)) changes.Add(new(path, "created", now.Size));
            else if (then != now) changes.Add(new(path, "changed", now.Size));
        }

        if (!incomplete) foreach (var path in before.Keys) if (!after.ContainsKey(path)) changes.Add(new(path, "deleted", null));
        changes.Sort((a, b) => string.CompareOrdinal(a.Path, b.Path));
        return new(changes, incomplete);
    }

    /// <summary>Writes <c>files</c>, and <c>moreFiles</c> or <c>filesIncomplete</c> where not all are named.</summary>
    public void Write(Utf8JsonWriter json, int maxReported)
    {
        json.WriteStartArray("files");
        foreach (var change in Files.Take(maxReported))
        {
            json.WriteStartObject();
            json.WriteString("path", change.Path);
            json.WriteString("change", change.Change);
            if (change.Bytes is { } bytes) json.WriteNumber("bytes", bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (Files.Count > maxReported) json.WriteNumber("moreFiles", Files.Count - maxReported);
        if (Incomplete) json.WriteBoolean("filesIncomplete", true);
    }
}

/// <summary>By what a change of a file is known: its size, and when it or what is known of it was last changed, in nanoseconds.</summary>
internal readonly record struct FileStamp(long Size, long Changed);

/// <summary>A file that is not as it was; <c>Change</c>: <c>created</c>, <c>changed</c> or <c>deleted</c>.</summary>
internal sealed record FileChange(string Path, string Change, long? Bytes);
