using System.Text.Json;
using ToolRuntime.Tools.Files;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Files;

/// <summary>Nothing outside the workspace is ever read, listed, written or created.</summary>
public sealed class WorkspaceEscapeTests : IDisposable
{
    private readonly ToolHost host = new();

    public WorkspaceEscapeTests()
    {
        File.WriteAllText(Path.Combine(host.Folder.Outside, "secret"), "secret");
        Directory.CreateDirectory(host.Folder.PathOf("in/deep"));
        File.WriteAllText(host.Folder.PathOf("in/file"), "inside");
        Directory.CreateSymbolicLink(host.Folder.PathOf("folder-out"), host.Folder.Outside);
        File.CreateSymbolicLink(host.Folder.PathOf("file-out"), Path.Combine(host.Folder.Outside, "secret"));
        File.CreateSymbolicLink(host.Folder.PathOf("file-out-relative"), "../workspace-outside/secret");
        Directory.CreateSymbolicLink(host.Folder.PathOf("in/up"), "../..");
        File.CreateSymbolicLink(host.Folder.PathOf("chain"), "file-out");
        File.CreateSymbolicLink(host.Folder.PathOf("file-in"), "in/file");
        Directory.CreateSymbolicLink(host.Folder.PathOf("folder-in"), host.Folder.PathOf("in"));
        File.CreateSymbolicLink(host.Folder.PathOf("dangling"), "in/new");
        File.CreateSymbolicLink(host.Folder.PathOf("dangling-out"), Path.Combine(host.Folder.Outside, "new"));
        File.CreateSymbolicLink(host.Folder.PathOf("dangling-out-relative"), "../workspace-outside/new");
        File.CreateSymbolicLink(host.Folder.PathOf("dangling-out-of-reach"), "/no/such/folder/new");
        File.CreateSymbolicLink(host.Folder.PathOf("dangling-chain"), "dangling-out");
        File.CreateSymbolicLink(host.Folder.PathOf("dangling-by-folder"), "folder-out/new");
        File.CreateSymbolicLink(host.Folder.PathOf("self"), "self");
    }

    public static TheoryData<string> Escapes => new(
        "../workspace-outside/secret", "/etc/passwd", "in/../../workspace-outside/secret", "folder-out/secret", "folder-out/../secret/../workspace-outside/../../x",
        "file-out", "file-out-relative", "chain", "in/up/workspace-outside/secret", "dangling-out", "dangling-out-relative",
        "dangling-out-of-reach", "dangling-chain", "dangling-by-folder", "dangling-out/file", "{outside}/secret", "{workspace}-outside/secret", "..", "/");

    public void Dispose()
    {
        Assert.Equal("secret", File.ReadAllText(Path.Combine(host.Folder.Outside, "secret")));
        Assert.Equal(["secret"], Directory.EnumerateFileSystemEntries(host.Folder.Outside).Select(Path.GetFileName));
        host.Dispose();
    }

    [Theory]
    [MemberData(nameof(Escapes))]
    public async Task EveryTool_PathThatLeadsOut_IsRefused(string path)
    {
        path = Quote(path);
        ToolResult[] results =
        [
            await host.RunAsync("file_read", $$"""{"path":{{path}} }"""),
            await host.RunAsync("file_write", $$"""{"path":{{path}},"content":"x"}"""),
            await host.RunAsync("file_replace_lines", $$"""{"path":{{path}},"startLine":1,"endLine":1,"content":"x"}"""),
        ];

        Assert.All(results, result => Assert.Equal("path_outside_workspace", result.Error?.Code));
    }

    [Theory]
    [InlineData("in/file")]
    [InlineData("./in//deep/../file")]
    [InlineData("{workspace}/in/file")]
    [InlineData("file-in")]
    [InlineData("folder-in/file")]
    public async Task EveryTool_PathThatStaysInside_ReachesTheFile(string path)
    {
        path = Quote(path);

        var read = await host.RunAsync("file_read", $$"""{"path":{{path}} }""");
        await host.RunAsync("file_write", $$"""{"path":{{path}},"content":"one\n"}""");
        await host.RunAsync("file_replace_lines", $$"""{"path":{{path}},"startLine":2,"endLine":1,"content":"two"}""");

        Assert.Equal("inside", read.Result.ToElement().GetProperty("content").GetString());
        Assert.Equal("one\ntwo\n", await File.ReadAllTextAsync(host.Folder.PathOf("in/file")));
        Assert.NotNull(new FileInfo(host.Folder.PathOf("file-in")).LinkTarget);
    }

    [Fact]
    public async Task Write_DanglingLink_IsReplacedAndNotFollowed()
    {
        var result = await host.RunAsync("file_write", """{"path":"dangling","content":"x"}""");

        Assert.Null(result.Error);
        Assert.Null(new FileInfo(host.Folder.PathOf("dangling")).LinkTarget);
        Assert.Equal("x", await File.ReadAllTextAsync(host.Folder.PathOf("dangling")));
    }

    [Fact]
    public async Task Write_BelowALinkThatLeadsOut_CreatesNothing()
    {
        var result = await host.RunAsync("file_write", """{"path":"folder-out/new/file","content":"x"}""");

        Assert.Equal("path_outside_workspace", result.Error!.Code);
    }

    [Fact]
    public async Task Write_NoFolders_FailsIfTheyAreNotToBeCreated()
    {
        var result = await host.RunAsync("file_write", """{"path":"no/such/file","content":"x","createDirectories":false}""");

        Assert.Equal("not_found", result.Error!.Code);
        Assert.Equal("not_a_folder", (await host.RunAsync("file_write", """{"path":"in/file/x","content":"x"}""")).Error!.Code);
        Assert.Equal("not_a_file", (await host.RunAsync("file_write", """{"path":"in","content":"x"}""")).Error!.Code);
    }

    [Fact]
    public async Task Read_LinkToItself_Fails() => Assert.Equal("io_error", (await host.RunAsync("file_read", """{"path":"self"}""")).Error!.Code);

    [Fact]
    public void OpenFolder_SwappedForALinkMeanwhile_StaysWhereItWas()
    {
        using var workspace = WorkspaceFolder.Open(host.Folder.Workspace);
        var (folder, name) = workspace.OpenParent("in/deep/file", create: false);
        using var opened = folder;
        Directory.Move(host.Folder.PathOf("in/deep"), host.Folder.PathOf("in/moved"));
        Directory.CreateSymbolicLink(host.Folder.PathOf("in/deep"), host.Folder.Outside);

        File.WriteAllText(folder.PathOf(name), "x");

        Assert.True(File.Exists(host.Folder.PathOf("in/moved/file")));
    }

    [Fact]
    public async Task Tools_FolderSwappedAllTheTime_NeverLeadOut()
    {
        // The swap happens between any two steps sooner or later; Dispose looks whether anything got out.
        using var stop = new CancellationTokenSource();
        var (link, folder, parked) = (host.Folder.PathOf("flip"), host.Folder.PathOf("real"), host.Folder.PathOf("link"));
        Directory.CreateDirectory(folder);
        Directory.CreateSymbolicLink(parked, host.Folder.Outside);
        var swapping = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Directory.Move(folder, link);
                Directory.Move(link, folder);
                Directory.Move(parked, link);
                Directory.Move(link, parked);
            }
        });

        var codes = new HashSet<string>();
        for (var i = 0; i < 2_000; i++)
        {
            codes.Add((await host.RunAsync("file_write", """{"path":"flip/new","content":"x","createDirectories":false}""")).Error?.Code ?? "ok");
            var read = await host.RunAsync("file_read", """{"path":"flip/secret"}""");
            Assert.NotNull(read.Error);
        }

        await stop.CancelAsync();
        await swapping;
        Assert.Subset(new HashSet<string> { "ok", "path_outside_workspace", "not_found" }, codes);
    }

    private string Quote(string path) => JsonSerializer.Serialize(
        path.Replace("{outside}", host.Folder.Outside, StringComparison.Ordinal).Replace("{workspace}", host.Folder.Workspace, StringComparison.Ordinal));
}
