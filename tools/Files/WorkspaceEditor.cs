using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.Win32.SafeHandles;
using ToolRuntime.Sessions;
using ToolRuntime.Tools.Processes;
using ToolRuntime.WorkspaceStore;

namespace ToolRuntime.Tools.Files;

/// <summary>Changes files of workspaces as people ask for it, under the rules of the tools for files.</summary>
internal sealed class WorkspaceEditor(IOptions<FileToolOptions> options, IOptions<ProcessOptions> processes) : IWorkspaceEditor
{
    private const int Piece = 1024 * 1024;

    /// <summary>What is there is counted about once for so much that comes, in however small pieces.</summary>
    private const int Small = 1024 * 1024;

    /// <summary>What a file takes at least.</summary>
    private const int Block = 4096;

    public Rejection? WhyNot(string workspace, string path, FileCondition condition) => WorkspaceAccess.Guard(() =>
    {
        using var root = WorkspaceFolder.Open(workspace);
        try
        {
            var (folder, name) = root.OpenParent(WorkspaceAccess.Inside(path), create: false);
            using var opened = folder;
            Check(path, TagAt(folder, name), condition);
        }
        catch (FileToolException missing) when (missing.Error.Code == "not_found")
        {
            Check(path, null, condition); // its folders are made
        }

        return true;
    }).Error;

    public Task<SessionReply<WrittenFile>> WriteAsync(string workspace, string path, Stream content, FileCondition condition) => WorkspaceAccess.GuardAsync(async () =>
    {
        RefuseFull(workspace, content.Length);
        using var root = WorkspaceFolder.Open(workspace);
        var (folder, name) = root.OpenParent(WorkspaceAccess.Inside(path), create: true);
        using var opened = folder;
        var tag = "";
        var created = await AtomicFile.ReplaceAsync(folder, name, options.Value.FlushToDisk, WriteAsync, CancellationToken.None, () => Check(path, TagAt(folder, name), condition));
        return new WrittenFile(content.Length, created, tag);

        async Task WriteAsync(SafeFileHandle file)
        {
            content.Position = 0;
            var piece = new byte[(int)Math.Min(Piece, Math.Max(content.Length, 1))];
            for (var at = 0L; await content.ReadAsync(piece) is > 0 and var length; at += length) await RandomAccess.WriteAsync(file, piece.AsMemory(0, length), at);
            tag = WorkspaceAccess.TagOf(File.GetLastWriteTimeUtc(file), content.Length);
        }
    });

    public SessionReply<WrittenFile> MakeFolder(string workspace, string path) => WorkspaceAccess.Guard(() =>
    {
        using var root = WorkspaceFolder.Open(workspace);
        try
        {
            root.OpenFolder(WorkspaceAccess.Inside(path)).Dispose();
            return new WrittenFile(0);
        }
        catch (FileToolException missing) when (missing.Error.Code == "not_found")
        {
            root.OpenFolder(path, create: true).Dispose();
            return new WrittenFile(0, Created: true);
        }
    });

    public SessionReply<WrittenFile> Delete(string workspace, string path, bool recursive, FileCondition condition) => WorkspaceAccess.Guard(() =>
    {
        using var root = WorkspaceFolder.Open(workspace);
        var (folder, name) = root.OpenHolder(WorkspaceAccess.Inside(path));
        using var opened = folder;
        var bytes = Encoding.UTF8.GetBytes(name);
        if (folder.StatusOf(bytes) is not { } status) throw FileToolException.NotFound(path);
        Check(path, status.Kind == FileKind.File ? TagAt(folder, name) : "*", condition);
        WorkspaceDeletion.Delete(folder, new(name, IsEscaped: false, bytes), status.Kind, path, recursive);
        return new WrittenFile(status.Kind == FileKind.File ? status.Size : 0);
    });

    /// <summary>People may fill a workspace as far as its processes may.</summary>
    private void RefuseFull(string workspace, long more)
    {
        var most = processes.Value.MaxWorkspaceBytes;
        if (most == 0 || Random.Shared.Next(Small) >= more + Block) return;
        if (WorkspaceSize.Of(workspace, most, CancellationToken.None) + more <= most) return;
        throw new FileToolException(new("too_large", $"The files in the workspace would take more than the {most} bytes that they may."));
    }

    private static void Check(string path, string? tag, FileCondition condition)
    {
        if (!condition.Holds(tag)) throw new FileToolException(new("conflict", tag is null ? $"'{path}' does not exist." : $"'{path}' is there, in another version."));
    }

    /// <summary>Of the regular file that is there; null for none.</summary>
    private static string? TagAt(WorkspaceFolder folder, string name)
    {
        var file = new FileInfo(folder.PathOf(name));
        return file is { Exists: true, LinkTarget: null } ? WorkspaceAccess.TagOf(file.LastWriteTimeUtc, file.Length) : null;
    }
}
