namespace ToolRuntime.Runners.Copies;

/// <summary>
/// Where this process has its copies of workspaces: always the same folder, since tools write absolute paths into files. What a process
/// that was killed left in it is removed, for all of it that counts is saved.
/// </summary>
internal sealed class CopyFolder : IDisposable
{
    private const string Name = "workspace-copies";

    private readonly FileStream held;

    /// <exception cref="IOException">Another process has it, or it can't be made.</exception>
    public CopyFolder(string dataPath)
    {
        var data = Path.GetFullPath(dataPath);
        FolderTree.Create(data);
        held = new(Path.Combine(data, $"{Name}.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        Root = Path.Combine(data, Name);
        if (Directory.Exists(Root)) Directory.Move(Root, $"{Root}-left-{Guid.NewGuid():N}");
        FolderTree.Create(Root);
        Swept = Task.Run(() =>
        {
            foreach (var left in Directory.EnumerateDirectories(data, $"{Name}-left-*")) FolderTree.Delete(left);
        });
    }

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
}
