using System.Text.Json;

namespace ToolRuntime.Tools.Tests.Mcp;

/// <summary>npm's server-filesystem as a process of ours.</summary>
public sealed class FilesystemServerTests : IAsyncLifetime, IDisposable
{
    private readonly Support.TemporaryFolder folder = new();
    private McpHost host = null!;

    public async Task InitializeAsync()
    {
        host = await McpHost.StartAsync(
            ("Servers:fs:Command", "node"), ("Servers:fs:Arguments:0", NpmServer.Filesystem), ("Servers:fs:Arguments:1", folder.Workspace), ("Servers:fs:Deny:0", "move_*"), ("Servers:fs:WorkingDirectory", folder.Outside));
        await host.HasAsync("fs__read_text_file");
    }

    public async Task DisposeAsync() => await host.DisposeAsync();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task WriteAndRead_InsideItsRoot_Work()
    {
        var file = folder.PathOf("a.txt");

        var written = await host.RunAsync("fs__write_file", Arguments(file, "hello\nworld"));
        var read = await host.RunAsync("fs__read_text_file", Arguments(file));

        Assert.Null(written.Error);
        Assert.Equal("hello\nworld", await File.ReadAllTextAsync(file));
        Assert.Equal("hello\nworld", read.Result.ToElement().GetProperty("content").GetString());
    }

    [Fact]
    public async Task ReadAndWrite_OutsideItsRoot_FailWithTheServersText()
    {
        var secret = Path.Combine(folder.Outside, "secret.txt");
        await File.WriteAllTextAsync(secret, "secret");

        var (read, written) = (await host.RunAsync("fs__read_text_file", Arguments(secret)), await host.RunAsync("fs__write_file", Arguments(secret, "gone")));

        Assert.All([read, written], result => Assert.Equal("tool_error", result.Error!.Code));
        Assert.Contains("Access denied", read.Error!.Message, StringComparison.Ordinal);
        Assert.Equal("secret", await File.ReadAllTextAsync(secret));
    }

    [Fact]
    public void Deny_Tool_IsNotOffered() => Assert.DoesNotContain(host.Source.Tools, tool => tool.Descriptor.Name == "fs__move_file");

    private static string Arguments(string path, string? content = null) => JsonSerializer.Serialize(content is null ? new Dictionary<string, string> { ["path"] = path } : new() { ["path"] = path, ["content"] = content });
}
