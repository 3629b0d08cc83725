using System.Text;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Sandboxes;

public sealed class DaytonaFileTests
{
    private static readonly SessionKey Session = new("dev", "s1");

    [Fact]
    public async Task WriteReadReplaceList_InASandbox_DoWhatTheyDoHere()
    {
        await using var host = await SandboxHost.StartAsync();

        var written = await host.RunAsync("file_write", new { path = "a/b.txt", content = "one\ntwo\n" });
        var again = await host.RunAsync("file_write", new { path = "a/b.txt", content = "one\ntwo\nthree\n" });
        var replaced = await host.RunAsync("file_replace_lines", new { path = "a/b.txt", startLine = 2, endLine = 2, content = "2" });
        var read = await host.RunAsync("file_read", new { path = "a/b.txt" });
        var listed = await host.RunAsync("file_list", new { recursive = true });

        Assert.All(new[] { written, again, replaced, read, listed }, result => Assert.Null(result.Error));
        Assert.Equal(
            ("""{"path":"a/b.txt","bytes":8,"lines":2,"created":true}""", """{"path":"a/b.txt","bytes":14,"lines":3,"created":false,"diff":"--- a/a/b.txt\n+++ b/a/b.txt\n@@ -1,2 +1,3 @@\n one\n two\n+three\n"}"""), (written.Result.Json, again.Result.Json));
        Assert.Equal("one\n2\nthree\n", read.Result.ToElement().GetProperty("content").GetString());
        Assert.Equal(
            """{"path":".","entries":[{"path":"a","type":"folder"},{"path":"a/b.txt","type":"file","bytes":12}],"truncated":false}""", listed.Result.Json);
        Assert.Empty(Directory.GetFileSystemEntries(host.Context.Workspace));
        Assert.Equal((1, host.Server.Requests.Count), (host.Context.Counters.FilesCreated, host.Context.Counters.ApiCalls));
    }

    [Theory]
    [InlineData("file_read", "none.txt", "not_found")]
    [InlineData("file_read", "folder", "not_a_file")]
    [InlineData("file_read", "../workspace-outside/x", "path_outside_workspace")]
    [InlineData("file_read", "out/secret", "path_outside_workspace")]
    [InlineData("file_write", "folder", "not_a_file")]
    [InlineData("file_write", "out/new", "path_outside_workspace")]
    [InlineData("file_write", "file/below", "not_a_folder")]
    [InlineData("file_list", "file", "not_a_folder")]
    [InlineData("file_list", "out", "path_outside_workspace")]
    [InlineData("file_publish", "none.txt", "not_found")]
    public async Task Path_ThatLeadsNowhereOrOut_IsRefused(string tool, string path, string code)
    {
        await using var host = await SandboxHost.StartAsync();
        await host.ShellAsync("mkdir folder ../outside; echo 1 > file; echo s > ../outside/secret; ln -s ../outside out");

        var result = await host.RunAsync(tool, tool == "file_write" ? new { path, content = "x" } : new { path });

        Assert.Equal(code, result.Error?.Code);
        Assert.Equal(["secret"], Directory.GetFileSystemEntries(Path.Combine(host.Server.Sandbox.Folder, "outside")).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Write_MissingFolderThatIsNotToBeMade_IsRefused()
    {
        await using var host = await SandboxHost.StartAsync();

        Assert.Equal("not_found", (await host.RunAsync("file_write", new { path = "a/b", content = "x", createDirectories = false })).Error?.Code);
    }

    [Fact]
    public async Task Read_TooLongAFile_IsRefusedBeforeItIsRead()
    {
        await using var host = await SandboxHost.StartAsync(("Files:MaxFileBytes", "1024"));
        await host.ShellAsync("head -c 2000 /dev/zero > big");

        Assert.Equal(new("too_large", "'big' has 2000 bytes; 1024 are allowed."), (await host.RunAsync("file_read", new { path = "big" })).Error);
        Assert.DoesNotContain(host.Server.Requests, request => request.EndsWith("/files/download", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Names_WithWhateverCharacters_AreTakenAsTheyAre()
    {
        await using var host = await SandboxHost.StartAsync();
        const string Name = "it's a \"$(touch x)\" name\n; é.txt";

        Assert.Null((await host.RunAsync("file_write", new { path = Name, content = "x" })).Error);
        Assert.Equal("x", (await host.RunAsync("file_read", new { path = Name })).Result.ToElement().GetProperty("content").GetString());
        Assert.Equal(Name, Assert.Single((await host.RunAsync("file_list", new { })).Result.ToElement().GetProperty("entries").EnumerateArray()).GetProperty("path").GetString());
    }

    [Fact]
    public async Task Publish_AFileOfTheSandbox_SendsItsBytes()
    {
        await using var host = await SandboxHost.StartAsync();
        await host.ShellAsync("printf abc > plot.bin");

        Assert.Null((await host.RunAsync("file_publish", new { path = "plot.bin" })).Error);

        var (name, bytes) = Assert.Single(host.Context.Published);
        Assert.Equal(("plot.bin", "abc"), (name, Encoding.ASCII.GetString(bytes)));
    }

    [Fact]
    public async Task Workspaces_ForPeople_ShowTheSandboxAndMakeNone()
    {
        await using var host = await SandboxHost.StartAsync();
        Assert.Empty((await host.Workspaces.ListAsync(Session, "", true, 100)).Value!.Entries);
        Assert.Equal(ErrorCode.NotFound, (await host.Workspaces.ReadAsync(Session, "a", 0, 10, null)).Error?.Code);
        Assert.Empty(host.Server.Created);

        await host.ShellAsync("printf 0123456789 > digits");
        var chunk = (await host.Workspaces.ReadAsync(Session, "digits", 3, 4, null)).Value!;

        Assert.Equal(("3456", 10L), (Encoding.ASCII.GetString(chunk.Bytes.Span), chunk.Size));
        Assert.Equal("digits", Assert.Single((await host.Workspaces.ListAsync(Session, "", false, 100)).Value!.Entries).Path);
        await host.ShellAsync("printf 1 > digits");
        Assert.Equal(ErrorCode.Conflict, (await host.Workspaces.ReadAsync(Session, "digits", 0, 4, chunk.Tag)).Error?.Code);
        Assert.Equal(ErrorCode.InvalidCommand, (await host.Workspaces.ReadAsync(Session, "/etc/passwd", 0, 4, null)).Error?.Code);
    }

    [Fact]
    public async Task Erase_OfASession_DeletesItsSandboxAndMayBeRepeated()
    {
        await using var host = await SandboxHost.StartAsync();
        await host.ShellAsync("echo x > file");

        await host.Workspaces.EraseAsync(Session);
        await host.Workspaces.EraseAsync(Session);

        Assert.Empty(host.Server.Sandboxes);
        Assert.True(host.Workspaces.Active);
        using var local = new ToolHost();
        Assert.False(local.Get<WorkspaceStore.IRemoteWorkspaces>().Active);
    }
}
