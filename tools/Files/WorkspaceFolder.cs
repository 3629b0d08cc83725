using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ToolRuntime.Tools.Files;

/// <summary>
/// A folder of a workspace, held open. Each step goes from an open folder to an open folder and asks the kernel where it has arrived, so a
/// link that is changed meanwhile can't lead anything out of the workspace: what was checked is what is used.
/// </summary>
internal sealed class WorkspaceFolder : IDisposable
{
    private const int OpenHandle = Libc.OpenPathOnly | Libc.OpenCloseOnExec;

    // As many as the kernel follows.
    private const int MaxLinks = 40;

    private readonly SafeFileHandle handle;
    private readonly string workspace;
    private readonly string root;

    private WorkspaceFolder(SafeFileHandle handle, string workspace, string? root)
    {
        (this.handle, this.workspace) = (handle, workspace);
        RealPath = RealPathOf(handle);
        this.root = root ?? RealPath;
    }

    /// <summary>Where it is, without any link.</summary>
    public string RealPath { get; }

    /// <summary>Opens the workspace itself.</summary>
    public static WorkspaceFolder Open(string workspace) =>
        new(TryOpen(workspace, OpenHandle, out _)
            ?? throw new FileToolException(new("not_found", "The workspace is gone.")), workspace, null);

    /// <summary>A path to <paramref name="name"/> in this folder that holds for as long as the folder is open.</summary>
    public string PathOf(string name) => $"{PathOf(handle)}/{name}";

    /// <summary>What an entry of this folder is, by its name's bytes; null if it is gone.</summary>
    public FileStatus? StatusOf(ReadOnlySpan<byte> name) => FileStatus.At(PathOf(name));

    /// <summary>Removes an entry of this folder, no link followed. Gives 0, or what the kernel says.</summary>
    public int Remove(ReadOnlySpan<byte> name, bool isFolder) =>
        Libc.Remove(Libc.CurrentFolder, PathOf(name), isFolder ? Libc.RemoveFolder : 0) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Opens a folder of the workspace.</summary>
    /// <exception cref="FileToolException">It does not exist, is no folder, or lies outside.</exception>
    public WorkspaceFolder OpenFolder(string path, bool create = false) => Walk(WorkspacePath.Split(path, workspace), path, create);

    /// <summary>Opens the folder that an entry is in, whatever that is, a link not followed, and says its name there.</summary>
    public (WorkspaceFolder Folder, string Name) OpenHolder(string path)
    {
        var components = WorkspacePath.Split(path, workspace);
        if (components.Count == 0) throw new FileToolException(new(ToolErrorCodes.InvalidArguments, "The workspace itself can't be removed."));
        return (Walk(components[..^1], path, create: false), components[^1]);
    }

    /// <summary>Opens a folder in this one; <paramref name="path"/> names it in errors.</summary>
    public WorkspaceFolder OpenChild(string name, string path) => Step(name, path, create: false);

    /// <summary>
    /// Opens the folder that holds the file <paramref name="path"/>, and says the file's name in it. Links to a file inside the workspace
    /// are followed; the file need not exist. What is there is a regular file.
    /// </summary>
    public (WorkspaceFolder Folder, string Name) OpenParent(string path, bool create)
    {
        var components = WorkspacePath.Split(path, workspace);
        if (components.Count == 0) throw FileToolException.NotAFile(path);
        var folder = Walk(components[..^1], path, create);
        try
        {
            var name = components[^1];
            using var file = TryOpen(folder.PathOf(name), OpenHandle, out var error);
            if (file is null)
            {
                if (error != Libc.NoSuchFile) throw Refusal(error, path);
                folder.RefuseLinkOutside(name, path);
                return (folder, name);
            }

            var real = RealPathOf(file);
            if (!IsInside(real)) throw FileToolException.Outside(path);
            if (FileStatus.Of(file).Kind != FileKind.File) throw FileToolException.NotAFile(path);
            // No link. Its path may still differ, when it was replaced while it was open: the kernel then adds " (deleted)".
            if (real == $"{folder.RealPath}/{name}" || new FileInfo(folder.PathOf(name)).LinkTarget is null) return (folder, name);
            var target = real[(root.Length + 1)..].Split('/');
            var linked = Walk(target[..^1], path, create: false);
            folder.Dispose();
            return (linked, target[^1]);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Opens a regular file of the workspace for reading.</summary>
    public FileStream OpenFile(string path)
    {
        var components = WorkspacePath.Split(path, workspace);
        if (components.Count == 0) throw FileToolException.NotAFile(path);
        using var folder = Walk(components[..^1], path, create: false);
        using var found = TryOpen(folder.PathOf(components[^1]), OpenHandle, out var error)
            ?? throw Missing(folder, components[^1], error, path);
        if (!IsInside(RealPathOf(found))) throw FileToolException.Outside(path);
        if (FileStatus.Of(found).Kind != FileKind.File) throw FileToolException.NotAFile(path);

        // No buffer: readers bring their own.
        var opened = TryOpen(PathOf(found), Libc.OpenForReading | Libc.OpenWithoutBlocking | Libc.OpenCloseOnExec, out error)
            ?? throw Refusal(error, path);
        return new(opened, FileAccess.Read, bufferSize: 0);
    }

    public void Dispose() => handle.Dispose();

    private WorkspaceFolder Walk(IReadOnlyList<string> components, string path, bool create)
    {
        var current = Step(".", path, create: false);
        foreach (var component in components)
        {
            using var parent = current;
            current = parent.Step(component, path, create);
        }

        return current;
    }

    private WorkspaceFolder Step(string name, string path, bool create)
    {
        var target = PathOf(name);
        var next = TryOpen(target, OpenHandle, out var error);
        if (next is null && error == Libc.NoSuchFile) RefuseLinkOutside(name, path);
        if (next is null && error == Libc.NoSuchFile && create)
        {
            Directory.CreateDirectory(target);
            next = TryOpen(target, OpenHandle, out error);
        }

        if (next is null) throw Refusal(error, path);
        var folder = new WorkspaceFolder(next, workspace, root);
        if (IsInside(folder.RealPath) && Directory.Exists(PathOf(next))) return folder;
        folder.Dispose();
        throw IsInside(folder.RealPath) ? FileToolException.NotAFolder(path) : FileToolException.Outside(path);
    }

    private static FileToolException Missing(WorkspaceFolder folder, string name, int error, string path)
    {
        if (error == Libc.NoSuchFile) folder.RefuseLinkOutside(name, path);
        return Refusal(error, path);
    }

    /// <summary>
    /// Of something that can't be followed to its end: whether it is a link that leads out of the workspace, on its way or at its end.
    /// </summary>
    private void RefuseLinkOutside(string name, string path)
    {
        var (at, entry) = (PathOf(handle), name);
        for (var links = 0; links < MaxLinks; links++)
        {
            if (new FileInfo($"{at}/{entry}").LinkTarget is not { } target) return;
            var full = Path.Combine(at, target);
            using var folder = TryOpen(Path.GetDirectoryName(full)!, OpenHandle, out _);
            // Where the way itself breaks off, only its text can say.
            if (folder is null)
            {
                if (!IsInside(Path.GetFullPath(target, RealPath))) throw FileToolException.Outside(path);
                return;
            }

            at = RealPathOf(folder);
            if (!IsInside(at)) throw FileToolException.Outside(path);
            entry = Path.GetFileName(full);
        }
    }

    private bool IsInside(string real) => real == root || (real.StartsWith(root, StringComparison.Ordinal) && real[root.Length] == '/');

    private static FileToolException Refusal(int error, string path) => error switch
    {
        Libc.NoSuchFile => FileToolException.NotFound(path),
        Libc.NotAFolder => FileToolException.NotAFolder(path),
        Libc.NameTooLong => FileToolException.NameTooLong(path),
        _ => new(new("io_error", $"'{path}' can't be opened: {Marshal.GetPInvokeErrorMessage(error)}.")),
    };

    private static SafeFileHandle? TryOpen(string path, int flags, out int error)
    {
        var descriptor = Libc.Open(path, flags);
        error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        return descriptor < 0 ? null : new(descriptor, ownsHandle: true);
    }

    private static string RealPathOf(SafeFileHandle handle)
    {
        Span<byte> target = stackalloc byte[8192];
        var length = (int)Libc.ReadLink(PathOf(handle), target, target.Length);
        return length < 0 ? throw new IOException(Marshal.GetLastPInvokeErrorMessage()) : Encoding.UTF8.GetString(target[..length]);
    }

    private byte[] PathOf(ReadOnlySpan<byte> name) => [.. Encoding.UTF8.GetBytes(PathOf("")), .. name, 0];

    private static string PathOf(SafeFileHandle handle) => $"/proc/self/fd/{handle.DangerousGetHandle()}";
}
