using Microsoft.Win32.SafeHandles;

namespace ToolRuntime.Tools.Files;

/// <summary>Replaces files whole: written beside, then renamed, so nobody ever reads half of one.</summary>
internal static class AtomicFile
{
    private const int Piece = 1024 * 1024;
    private const UnixFileMode Permissions = (UnixFileMode)0b111_111_111;

    /// <summary>
    /// Writes the file, keeps the mode of the one that it replaces, and reports the bytes written. Returns whether the file is new.
    /// </summary>
    public static Task<bool> ReplaceAsync(
        WorkspaceFolder folder, string name, ReadOnlyMemory<byte> content, bool flushToDisk, Func<int, ValueTask> written, CancellationToken cancellationToken)
    {
        return ReplaceAsync(folder, name, flushToDisk, WriteAsync, cancellationToken);

        async Task WriteAsync(SafeFileHandle file)
        {
            for (var at = 0; at < content.Length; at += Piece)
            {
                var piece = content[at..Math.Min(at + Piece, content.Length)];
                await RandomAccess.WriteAsync(file, piece, at, cancellationToken);
                await written(at + piece.Length);
            }
        }
    }

    /// <summary>The same with what <paramref name="write"/> writes; where that throws, or <paramref name="last"/>, all is as it was.</summary>
    public static async Task<bool> ReplaceAsync(
        WorkspaceFolder folder, string name, bool flushToDisk, Func<SafeFileHandle, Task> write, CancellationToken cancellationToken, Action? last = null)
    {
        var target = folder.PathOf(name);
        var temporary = folder.PathOf($".toolruntime-{Guid.NewGuid():N}.tmp");
        var mode = ModeOf(target);
        try
        {
            using (var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.Asynchronous))
            {
                await write(file);
                if (mode is { } kept) File.SetUnixFileMode(file, kept);
                if (flushToDisk) RandomAccess.FlushToDisk(file);
            }

            cancellationToken.ThrowIfCancellationRequested();
            last?.Invoke();
            File.Move(temporary, target, overwrite: true);
            return mode is null;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    // Null if there is no file. A link here leads nowhere, and is replaced like a file that is missing.
    private static UnixFileMode? ModeOf(string target)
    {
        try
        {
            return new FileInfo(target) is { Exists: true, LinkTarget: null } ? File.GetUnixFileMode(target) & Permissions : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
