namespace ToolRuntime.Runners.Copies;

/// <summary>
/// Where this process has its copies of workspaces. What a process leaves behind that was killed is removed by the next one, since all of it that counts is saved;
/// two processes may use one data folder.
/// </summary>
internal sealed class CopyFolder : IDisposable
{
    private const string LockEnding = ".lock";

    private readonly FileStream held;

    public CopyFolder(string dataPath)
    {
        var all = Path.Combine(Path.GetFullPath(dataPath), "workspace-copies");
        FolderTree.Create(all);
        var name = $"{Guid.NewGuid():N}";
        held = new(Path.Combine(all, name + LockEnding), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        Root = Path.Combine(all, name);
        FolderTree.Create(Root);
        Swept = Task.Run(() => Sweep(all));
    }

    /// <summary>This process's own.</summary>
    public string Root { get; }

    /// <summary>Fails with what could not be removed.</summary>
    public Task Swept { get; }

    public void Dispose()
    {
        try
        {
            FolderTree.Delete(Root);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next process does it.
        }

        held.Dispose();
    }

    private static void Sweep(string all)
    {
        foreach (var file in Directory.EnumerateFiles(all, "*" + LockEnding))
        {
            try
            {
                using var abandoned = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
                FolderTree.Delete(file[..^LockEnding.Length]);
            }
            catch (Exception exception) when (exception is FileNotFoundException || IsHeld(exception))
            {
                // Its process lives, or another one removes it.
            }
        }
    }

    /// <summary>Whether somebody has the lock; anything else says what could not be removed.</summary>
    private static bool IsHeld(Exception exception) => exception is IOException { HResult: 11 or 13 };
}
