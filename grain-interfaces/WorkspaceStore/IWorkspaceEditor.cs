using System.Collections.Immutable;
using ToolRuntime.Sessions;

namespace ToolRuntime.WorkspaceStore;

/// <summary>Changes workspaces for people, under the rules of the tools for files: what lies outside, links that lead there included, is refused.</summary>
public interface IWorkspaceEditor
{
    /// <summary>Why a file could not be written there, as things are; null where it could.</summary>
    Rejection? WhyNot(string workspace, string path, FileCondition condition);

    /// <summary>Writes a file, whole, in one step; missing folders are made. A link to a file inside is followed.</summary>
    Task<SessionReply<WrittenFile>> WriteAsync(string workspace, string path, Stream content, FileCondition condition);

    /// <summary>Makes a folder, and those that lead to it.</summary>
    SessionReply<WrittenFile> MakeFolder(string workspace, string path);

    /// <summary>Removes a file, a link (not what it leads to), or a folder; one that is not empty only with <paramref name="recursive"/>, else it is a <c>conflict</c>.</summary>
    SessionReply<WrittenFile> Delete(string workspace, string path, bool recursive, FileCondition condition);
}

/// <summary>Which version has to be there for a change, as RFC 9110 has it; else it is a <c>conflict</c>. Tags are those of <see cref="FileChunk"/>, or <c>*</c>.</summary>
/// <param name="Match">One of these, where there are any.</param>
/// <param name="NoneMatch">None of these.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.FileCondition")]
public sealed record FileCondition(ImmutableArray<string> Match, ImmutableArray<string> NoneMatch)
{
    /// <summary>Any, or nothing.</summary>
    public static FileCondition None { get; } = new([], []);

    /// <summary>Whether it holds.</summary>
    /// <param name="tag">Of what is there; null for nothing.</param>
    public bool Holds(string? tag) => (Match.IsEmpty || Has(Match, tag)) && !Has(NoneMatch, tag);

    private static bool Has(ImmutableArray<string> tags, string? tag) => tag is not null && (tags.Contains("*") || tags.Contains(tag));
}

/// <summary>A part of a file that is on its way into a workspace.</summary>
/// <param name="Upload">The caller's name for all parts of it, new for each file.</param>
/// <param name="Path">Where it is to be.</param>
/// <param name="Offset">How many bytes came before.</param>
/// <param name="Bytes">At most <see cref="FileChunk.MaxBytes"/>.</param>
/// <param name="Total">Of the whole file, where that is known.</param>
/// <param name="Condition">Looked at with the first part, and again before the file is replaced.</param>
/// <param name="Step">Whether more follows.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.FilePart")]
public sealed record FilePart(string Upload, string Path, long Offset, ReadOnlyMemory<byte> Bytes, long? Total, FileCondition Condition, FileStep Step);

/// <summary>What follows a part.</summary>
[GenerateSerializer, Alias("toolruntime.FileStep")]
public enum FileStep
{
    /// <summary>More of it.</summary>
    More,

    /// <summary>Nothing: the file is to be in its place.</summary>
    Last,

    /// <summary>Nothing, and it is not wanted any more.</summary>
    Abandoned,
}

/// <summary>A change of a workspace.</summary>
/// <param name="Bytes">The file's size; of a part, how many have come so far.</param>
/// <param name="Created">Whether nothing was there before.</param>
/// <param name="Tag">Of the version that is there now, as reading gives it; null where there is none.</param>
/// <param name="NotSaved">Why the workspace could not be saved to where it outlives its silo yet; null where it is.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.WrittenFile")]
public sealed record WrittenFile(long Bytes, bool Created = false, string? Tag = null, string? NotSaved = null);
