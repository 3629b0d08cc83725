using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Files;

public sealed class FileWriteToolTests : IDisposable
{
    private readonly ToolHost host = new(("Files:MaxWriteBytes", "2048"));

    public void Dispose() => host.Dispose();

    [Fact]
    public async Task Execute_NewFile_IsWrittenWithItsFolders()
    {
        var result = await host.RunAsync("file_write", """{"path":"notes/hello.md","content":"# hello\nworld"}""");

        Assert.Null(result.Error);
        Assert.Equal("""{"path":"notes/hello.md","bytes":13,"lines":2,"created":true}""", result.Result.Json);
        Assert.Equal("# hello\nworld", await File.ReadAllTextAsync(host.Folder.PathOf("notes/hello.md")));
        Assert.Equal((1, 2), (host.Context.Counters.FilesCreated, host.Context.Counters.LinesWritten));
        Assert.Equal((0, 13), (host.Context.Counters.BytesIn, host.Context.Counters.BytesOut));
        await host.RunAsync("file_read", """{"path":"notes/hello.md"}""");
        Assert.Equal((13, 13), (host.Context.Counters.BytesIn, host.Context.Counters.BytesOut));
        Assert.Equal(["analyzing", "validating", "writing", "complete"], host.Context.Progress.Select(p => p.Stage));
    }

    [Fact]
    public async Task Execute_OldFile_IsReplacedAndKeepsItsMode()
    {
        var path = host.Folder.PathOf("run.sh");
        await File.WriteAllTextAsync(path, "old");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var result = await host.RunAsync("file_write", """{"path":"run.sh","content":"new"}""");

        Assert.Contains("\"created\":false", result.Result.Json, StringComparison.Ordinal);
        Assert.Equal("new", await File.ReadAllTextAsync(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        Assert.Equal(0, host.Context.Counters.FilesCreated);
        Assert.Equal(["run.sh"], Directory.EnumerateFileSystemEntries(host.Folder.Workspace).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("one\n", "\"diff\":\"--- a/f\\n\u002B\u002B\u002B b/f\\n@@ -1,1 \u002B1,1 @@\\n-one\\n\u002Btwo\\n\"}")]
    [InlineData("two\n", "\"diff\":\"\"}")]
    [InlineData("\0", "\"diffOmitted\":\"binary\"}")]
    public async Task Execute_OldFile_TellsWhatHasChanged(string before, string told)
    {
        await File.WriteAllTextAsync(host.Folder.PathOf("f"), before);

        var result = await host.RunAsync("file_write", """{"path":"f","content":"two\n"}""");

        Assert.EndsWith(told, result.Result.Json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_TooLarge_Fails()
    {
        var result = await host.RunAsync("file_write", $$"""{"path":"a","content":"{{new string('x', 2049)}}"}""");

        Assert.Equal("too_large", result.Error!.Code);
        Assert.Empty(Directory.EnumerateFileSystemEntries(host.Folder.Workspace));
    }
}
