using System.Diagnostics;
using Microsoft.Extensions.Options;
using ToolRuntime.Runners;

namespace ToolRuntime.Grains.Tests.Runners;

public sealed class WorkspacesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("workspaces-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Enter_Session_MakesItsFolderForUsOnly()
    {
        var path = await Create().EnterAsync(new("acme", "s.1"));

        Assert.Equal(Path.Combine(folder, "workspaces", "acme", "s.1"), path);
        Assert.True(Directory.Exists(path));
        Assert.Equal(path, await Create().EnterAsync(new("acme", "s.1")));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(path) & (UnixFileMode)0b000_111_111);
    }

    [Theory]
    [InlineData("..", "s1")]
    [InlineData("acme", "..")]
    [InlineData("acme", ".")]
    [InlineData("acme", "a/../b")]
    [InlineData("acme", "")]
    public async Task Enter_NoSafeSegment_Throws(string tenant, string session) =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await Create().EnterAsync(new(tenant, session)));

    [Fact]
    public async Task Delete_FolderWithALink_LeavesItsTargetAlone()
    {
        var outside = Directory.CreateDirectory(Path.Combine(folder, "outside")).FullName;
        File.WriteAllText(Path.Combine(outside, "file"), "x");
        var workspaces = Create();
        var path = await workspaces.EnterAsync(new("acme", "s1"));
        Directory.CreateSymbolicLink(Path.Combine(path, "link"), outside);

        await workspaces.DeleteAsync(new("acme", "s1"));
        await workspaces.DeleteAsync(new("acme", "s1"));

        Assert.False(Directory.Exists(path));
        Assert.True(File.Exists(Path.Combine(outside, "file")));
    }

    [Fact]
    public async Task Delete_NamesThatAreNoUtf8_GoToo()
    {
        var path = await Create().EnterAsync(new("acme", "s1"));
        using var make = Process.Start("bash", ["-c", $"cd '{path}' && mkdir $'d\\xe9' && echo x > $'d\\xe9/f\\xff'"]);
        make.WaitForExit();
        Assert.Equal(0, make.ExitCode);

        await Create().DeleteAsync(new("acme", "s1"));

        Assert.False(Directory.Exists(path));
    }

    [Fact]
    public async Task Delete_FoldersThatMayNotBeWrittenTo_GoToo()
    {
        var path = await Create().EnterAsync(new("acme", "s1"));
        using var make = Process.Start("bash", ["-c", $"cd '{path}' && mkdir -p a/b && echo x > a/b/c && chmod 555 a/b a && mkdir shut && chmod 0 shut"]);
        await make.WaitForExitAsync();

        await Create().DeleteAsync(new("acme", "s1"));

        Assert.False(Directory.Exists(path));
    }

    [Fact]
    public async Task Check_FolderThatAllShare_IsMadeAndTried()
    {
        var shared = Path.Combine(folder, "volume");
        Workspaces on(string path) => new(Options.Create(new WorkspaceOptions { Path = path, DataPath = folder }));

        await on(shared).CheckAsync(default);
        Assert.Equal(Path.Combine(shared, "acme", "s1"), await on(shared).EnterAsync(new("acme", "s1")));
        Assert.Empty(Directory.EnumerateFiles(shared));
        File.WriteAllText(Path.Combine(folder, "file"), "");
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => on(Path.Combine(folder, "file", "below")).CheckAsync(default));
        Assert.StartsWith("ToolRuntime:Workspaces: Path ", refused.Message, StringComparison.Ordinal);
    }

    private Workspaces Create() => new(Options.Create(new WorkspaceOptions { DataPath = folder }));
}
