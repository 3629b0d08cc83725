using System.Diagnostics;
using Microsoft.Extensions.Options;
using ToolRuntime.Runners;

namespace ToolRuntime.Grains.Tests.Runners;

public sealed class WorkspacesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("workspaces-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Open_Session_MakesItsFolderForUsOnly()
    {
        var path = Create().Open(new("acme", "s.1"));

        Assert.Equal(Path.Combine(folder, "workspaces", "acme", "s.1"), path);
        Assert.True(Directory.Exists(path));
        Assert.Equal(path, Create().Open(new("acme", "s.1")));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(path) & (UnixFileMode)0b000_111_111);
    }

    [Theory]
    [InlineData("..", "s1")]
    [InlineData("acme", "..")]
    [InlineData("acme", ".")]
    [InlineData("acme", "a/../b")]
    [InlineData("acme", "")]
    public void Open_NoSafeSegment_Throws(string tenant, string session) => Assert.Throws<ArgumentException>(() => Create().Open(new(tenant, session)));

    [Fact]
    public void Delete_FolderWithALink_LeavesItsTargetAlone()
    {
        var outside = Directory.CreateDirectory(Path.Combine(folder, "outside")).FullName;
        File.WriteAllText(Path.Combine(outside, "file"), "x");
        var workspaces = Create();
        var path = workspaces.Open(new("acme", "s1"));
        Directory.CreateSymbolicLink(Path.Combine(path, "link"), outside);

        workspaces.Delete(new("acme", "s1"));
        workspaces.Delete(new("acme", "s1"));

        Assert.False(Directory.Exists(path));
        Assert.True(File.Exists(Path.Combine(outside, "file")));
    }

    [Fact]
    public void Delete_NamesThatAreNoUtf8_GoToo()
    {
        var path = Create().Open(new("acme", "s1"));
        using var make = Process.Start("bash", ["-c", $"cd '{path}' && mkdir $'d\\xe9' && echo x > $'d\\xe9/f\\xff'"]);
        make.WaitForExit();
        Assert.Equal(0, make.ExitCode);

        Create().Delete(new("acme", "s1"));

        Assert.False(Directory.Exists(path));
    }

    private Workspaces Create() => new(Options.Create(new WorkspaceOptions { Path = folder }));
}
