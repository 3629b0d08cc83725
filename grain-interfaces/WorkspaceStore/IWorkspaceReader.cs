using System.Collections.Immutable;
using ToolRuntime.Sessions;

namespace ToolRuntime.WorkspaceStore;

/// <summary>Reads workspaces for people: what lies outside, links that lead there included, is refused.</summary>
public interface IWorkspaceReader
{
    /// <summary>What is in a folder, names in ordinal order, each folder before what is in it.</summary>
    SessionReply<FolderListing> List(string workspace, string path, bool recursive, int limit);

    /// <summary>A part of a regular file. With a tag: of that version only, else it is a <c>conflict</c>.</summary>
    SessionReply<FileChunk> Read(string workspace, string path, long offset, int count, string? tag);
}

/// <summary>What is in a folder.</summary>
/// <param name="Entries">Files, folders, links and others.</param>
/// <param name="Truncated">Whether there is more.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.FolderListing")]
public sealed record FolderListing(ImmutableArray<ListedFile> Entries, bool Truncated)
{
    /// <summary>An empty folder's.</summary>
    public static FolderListing Nothing { get; } = new([], false);
}

/// <summary>One of a folder.</summary>
/// <param name="Path">Relative to the folder that was listed; bytes of its name that are no UTF-8 are <c>\xNN</c>.</param>
/// <param name="Type"><c>file</c>, <c>folder</c>, <c>link</c> or <c>other</c>.</param>
/// <param name="Bytes">A file's size.</param>
/// <param name="ChangedAt">When its content was last changed; a link's own.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.ListedFile")]
public sealed record ListedFile(string Path, string Type, long? Bytes, DateTimeOffset? ChangedAt = null);

/// <summary>A part of a file.</summary>
/// <param name="Bytes">From the offset on; fewer than asked for only at the file's end.</param>
/// <param name="Size">Of the whole file.</param>
/// <param name="Tag">Another one when the file has changed; the same on every silo.</param>
/// <param name="ChangedAt">When it was changed.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.FileChunk")]
public sealed record FileChunk(ReadOnlyMemory<byte> Bytes, long Size, string Tag, DateTimeOffset ChangedAt)
{
    /// <summary>Most bytes of one part.</summary>
    public const int MaxBytes = 256 * 1024;
}
