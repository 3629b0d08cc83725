using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Files;

public sealed class FileListToolTests : IDisposable
{
    private readonly ToolHost host = new(("Files:MaxDepth", "3"), ("Files:MaxEntries", "50"));

    public FileListToolTests()
    {
        Directory.CreateDirectory(host.Folder.PathOf("b/c/d/e"));
        File.WriteAllText(host.Folder.PathOf("a.txt"), "12345");
        File.WriteAllText(host.Folder.PathOf("b/.hidden"), "");
        Directory.CreateSymbolicLink(host.Folder.PathOf("b/loop"), "..");
        Directory.CreateSymbolicLink(host.Folder.PathOf("out"), host.Folder.Outside);
        File.WriteAllText(Path.Combine(host.Folder.Outside, "secret"), "");
    }

    public void Dispose() => host.Dispose();

    [Fact]
    public async Task Execute_Workspace_ListsOneLevel()
    {
        var result = await host.RunAsync("file_list", "{}");

        const string Expected = """{"path":".","entries":[{"path":"a.txt","type":"file","bytes":5},{"path":"b","type":"folder"},{"path":"out","type":"link"}],"truncated":false}""";
        Assert.Equal(Expected, result.Result.Json);
    }

    [Fact]
    public async Task Execute_Recursive_NeverFollowsLinks()
    {
        Assert.Equal(["a.txt", "b", "b/.hidden", "b/c", "b/c/d", "b/loop", "out"], await PathsAsync("""{"recursive":true}""", truncated: true));
        Assert.Equal([".hidden", "c", "loop"], await PathsAsync("""{"path":"b"}""", truncated: false));
    }

    [Fact]
    public async Task Execute_Limit_IsKept() => Assert.Equal(["a.txt", "b"], await PathsAsync("""{"recursive":true,"limit":2}""", truncated: true));

    [Fact]
    public async Task Execute_NoFolder_Fails()
    {
        Assert.Equal("not_a_folder", (await host.RunAsync("file_list", """{"path":"a.txt"}""")).Error!.Code);
        Assert.Equal("not_found", (await host.RunAsync("file_list", """{"path":"missing"}""")).Error!.Code);
        Assert.Equal("path_outside_workspace", (await host.RunAsync("file_list", """{"path":"out"}""")).Error!.Code);
    }

    private async Task<IEnumerable<string>> PathsAsync(string arguments, bool truncated)
    {
        var result = (await host.RunAsync("file_list", arguments)).Result.ToElement();
        Assert.Equal(truncated, result.GetProperty("truncated").GetBoolean());
        return result.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("path").GetString()!);
    }
}
