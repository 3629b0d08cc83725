namespace ToolRuntime.Tools.Files;

/// <summary>Replaces files whole: written beside, then renamed, so nobody ever reads half of one.</summary>
internal static class AtomicFile
{
    private const int Piece = 1024 * 1024;

    /// <summary>Writes the file, keeps the mode of the one that it replaces, and reports the bytes written. Returns whether the file is new.</summary>
    public static async Task<bool> ReplaceAsync(WorkspaceFolder folder, string name, ReadOnlyMemory<byte> content, bool flushToDisk, Func<int, ValueTask> written, CancellationToken cancellationToken)
    {
        var target = folder.PathOf(name);
        var temporary = folder.PathOf($".toolruntime-{Guid.NewGuid():N}.tmp");
        var exists = File.Exists(target);
        try
        {
            using (var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.Asynchronous))
            {
                for (var at = 0; at < content.Length; at += Piece)
                {
                    var piece = content[at..Math.Min(at + Piece, content.Length)];
                    await RandomAccess.WriteAsync(file, piece, at, cancellationToken);
                    await written(at + piece.Length);
                }

                if (exists) File.SetUnixFileMode(file, File.GetUnixFileMode(target));
                if (flushToDisk) RandomAccess.FlushToDisk(file);
            }

            cancellationToken.ThrowIfCancellationRequested();
            File.Move(temporary, target, overwrite: true);
            return !exists;
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
