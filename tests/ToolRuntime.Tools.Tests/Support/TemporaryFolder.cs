namespace ToolRuntime.Tools.Tests.Support;

/// <summary>A workspace for one test, with a folder beside it that tools must not touch.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("toolruntime-tests-");

    public TemporaryFolder()
    {
        Workspace = root.CreateSubdirectory("workspace").FullName;
        Outside = root.CreateSubdirectory("workspace-outside").FullName;
    }

    public string Workspace { get; }

    public string Outside { get; }

    public string PathOf(string name) => Path.Combine(Workspace, name);

    public void Dispose() => root.Delete(recursive: true);
}
