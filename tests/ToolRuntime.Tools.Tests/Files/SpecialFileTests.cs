using System.Net.Sockets;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Files;

/// <summary>What is no regular file is refused at once, and odd names or limits give a clear error.</summary>
public sealed class SpecialFileTests : IDisposable
{
    private readonly ToolHost host = new();

    public void Dispose() => host.Dispose();

    [Theory]
    [InlineData("pipe")]
    [InlineData("socket")]
    [InlineData("link-to-pipe")]
    [InlineData("folder")]
    [InlineData(".")]
    public async Task EveryTool_NoRegularFile_RefusesAtOnceAndLeavesIt(string path)
    {
        using var socket = await MakeAsync();

        ToolResult[] results =
        [
            await host.RunAsync("file_read", $$"""{"path":"{{path}}"}""").WaitAsync(Wait.Timeout),
            await host.RunAsync("file_write", $$"""{"path":"{{path}}","content":"x"}""").WaitAsync(Wait.Timeout),
            await host.RunAsync("file_replace_lines", $$"""{"path":"{{path}}","startLine":1,"endLine":0,"content":"x"}""").WaitAsync(Wait.Timeout),
        ];

        Assert.All(results, result => Assert.Equal("not_a_file", result.Error?.Code));
        Assert.Equal(["folder|folder", "link-to-pipe|link", "pipe|other", "socket|other"], await EntriesAsync("{}"));
    }

    [Fact]
    public async Task List_NamesThatAreNoUtf8_AreEscaped()
    {
        await host.ShellAsync(@"cd ""$HOME""; printf x > $'caf\xe9 \xff'; mkdir $'d\xe9'; echo y > $'d\xe9/inner'; printf 'ok' > é");

        Assert.Equal([@"caf\xE9 \xFF|file|1|escaped", @"d\xE9|folder|escaped", "é|file|2"], await EntriesAsync("""{"recursive":true}""", skipped: 1));
    }

    [Fact]
    public async Task List_FilesThatComeAndGo_NeverFails()
    {
        using var stop = new CancellationTokenSource();
        for (var i = 0; i < 200; i++) await File.WriteAllTextAsync(host.Folder.PathOf($"f{i}"), "x");
        var changing = Task.Run(() =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i = (i + 1) % 200)
            {
                File.Delete(host.Folder.PathOf($"f{i}"));
                File.WriteAllText(host.Folder.PathOf($"f{i}"), "x");
            }
        });

        for (var i = 0; i < 200; i++)
        {
            var result = await host.RunAsync("file_list", """{"recursive":true}""");
            Assert.Null(result.Error);
            var skipped = result.Result.ToElement().TryGetProperty("skipped", out var count) ? count.GetInt32() : 0;
            Assert.InRange(result.Result.ToElement().GetProperty("entries").GetArrayLength() + skipped, 190, 202);
        }

        await stop.CancelAsync();
        await changing;
    }

    [Theory]
    [InlineData("file_read", """{"path":"{0}"}""")]
    [InlineData("file_list", """{"path":"{0}"}""")]
    [InlineData("file_write", """{"path":"{0}","content":"x"}""")]
    [InlineData("file_write", """{"path":"{0}/f","content":"x"}""")]
    [InlineData("file_replace_lines", """{"path":"{0}","startLine":1,"endLine":1,"content":"x"}""")]
    [InlineData("shell", """{"command":"true","workingDirectory":"{0}"}""")]
    public async Task EveryTool_NameTooLong_SaysSo(string tool, string arguments)
    {
        var name = new string('é', 128);

        var error = (await host.RunAsync(tool, arguments.Replace("{0}", name, StringComparison.Ordinal))).Error!;

        Assert.Equal("name_too_long", error.Code);
        Assert.Contains("255", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(host.Folder.Workspace, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("/proc", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Write_LongestName_Works()
    {
        var name = new string('x', 255);

        Assert.Null((await host.RunAsync("file_write", $$"""{"path":"{{name}}","content":"x"}""")).Error);
        Assert.Equal("x", await File.ReadAllTextAsync(host.Folder.PathOf(name)));
    }

    private async Task<Socket> MakeAsync()
    {
        await host.ShellAsync("mkfifo pipe; ln -s pipe link-to-pipe; mkdir folder");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(host.Folder.PathOf("socket")));
        return socket;
    }

    private async Task<IEnumerable<string>> EntriesAsync(string arguments, int skipped = 0)
    {
        var result = (await host.RunAsync("file_list", arguments)).Result.ToElement();
        Assert.Equal(skipped, result.TryGetProperty("skipped", out var count) ? count.GetInt32() : 0);
        return result.GetProperty("entries").EnumerateArray().Select(entry => string.Concat(
            entry.GetProperty("path").GetString(), "|", entry.GetProperty("type").GetString(),
            entry.TryGetProperty("bytes", out var bytes) ? $"|{bytes}" : "", entry.TryGetProperty("escaped", out _) ? "|escaped" : ""));
    }
}
