using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>
/// One process per data folder. The lock is the operating system's, on an open file, so it goes with the process however that ends; the
/// empty file stays.
/// </summary>
internal sealed class DataFolderLock : IDisposable
{
    private readonly FileStream file;

    private DataFolderLock(FileStream file) => this.file = file;

    /// <exception cref="SessionLogUnavailableException">The folder is in use, or can't be used; the message says which.</exception>
    public static DataFolderLock Take(string folder)
    {
        var path = Path.Combine(folder, "runtime.lock");
        try
        {
            Directory.CreateDirectory(folder);
            return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1));
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new SessionLogUnavailableException(
                $"The data folder '{folder}' is in use by another process. Stop that one, or give this one a folder of its own (ToolRuntime:Data:Path).", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SessionLogUnavailableException($"The data folder '{folder}' can't be written to: {e.Message}", e);
        }
    }

    public void Dispose() => file.Dispose();
}
