using System.Diagnostics;

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

    /// <summary>.NET can't remove names that are not UTF-8.</summary>
    public void Dispose()
    {
        using var remove = Process.Start("rm", ["-rf", "--", root.FullName]);
        remove.WaitForExit();
        Assert.False(Directory.Exists(root.FullName));
    }
}
