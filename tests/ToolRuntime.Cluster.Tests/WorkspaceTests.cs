using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using ToolRuntime.Cluster.Tests.Support;
using ToolRuntime.EndToEnd.Tests.Support;
using ToolRuntime.Tests.Shared;

namespace ToolRuntime.Cluster.Tests;

/// <summary>Files of sessions outlive the silo that made them, and gateways get them from wherever the session is.</summary>
public sealed class WorkspaceTests
{
    private const string Ancestors = "p=$$; while [ $p -gt 1 ]; do echo $p; p=$(sed 's/.*) //' /proc/$p/stat | cut -d ' ' -f 2); done";

    [Fact]
    public async Task SharedFolder_SiloKilledBetweenWriteAndRead_FilesAreThere()
    {
        await using var cluster = await TestCluster.StartAsync();

        await WriteKillAndReadAsync(cluster);

        Assert.True(File.Exists(Path.Combine(cluster.Folder, "workspaces", "dev", "files", "notes", "hello.md")));
    }

    [Fact]
    public async Task ObjectStore_SiloKilledBetweenWriteAndRead_FilesAreThereAndErasingRemovesThem()
    {
        await using var store = await ObjectServer.StartAsync();
        await using var cluster = await TestCluster.StartAsync([.. store.Settings, "--ToolRuntime:Workspaces:Path", ""]);

        await WriteKillAndReadAsync(cluster);

        Assert.NotEmpty(store.Keys);
        await using var client = await cluster.ConnectAsync(1);
        await client.OpenAsync("files");
        await client.SendAsync(Command.Of("session.delete", "files"));
        Assert.Empty(store.Keys);
        Assert.Empty(store.Faults);
        // The silo that was killed has its copy until it starts again; the other one has none.
        var copies = Directory.EnumerateFiles(cluster.Folder, "hello.md", SearchOption.AllDirectories);
        Assert.Single(copies.Select(file => Path.GetRelativePath(cluster.Folder, file).Split('/')[0]).Distinct());
    }

    [Fact]
    public async Task ObjectStore_SiloKilledAfterAnUploadThroughTheOtherGateway_FileIsThere()
    {
        await using var store = await ObjectServer.StartAsync();
        await using var cluster = await TestCluster.StartAsync([.. store.Settings, "--ToolRuntime:Workspaces:Path", ""]);
        await using var client = await cluster.ConnectAsync(0);
        var record = await client.OpenAsync("upload");
        var bytes = System.Security.Cryptography.RandomNumberGenerator.GetBytes(1_000_000);
        using var http = new HttpClient { BaseAddress = await cluster.Gateways[1].Listening, Timeout = Limits.Timeout };
        var file = new Uri("/v1/sessions/upload/files/content?path=in/a.bin", UriKind.Relative);

        using var put = await http.PutAsync(file, new ByteArrayContent(bytes));
        Assert.Equal((HttpStatusCode.Created, """{"path":"in/a.bin","bytes":1000000}"""), (put.StatusCode, await put.Content.ReadAsStringAsync()));
        await (await HolderAsync(cluster, client, record)).KillAsync();

        using var got = await http.GetAsync(file);
        Assert.Equal(bytes, await got.Content.ReadAsByteArrayAsync());
        Assert.Equal(put.Headers.ETag, got.Headers.ETag);
        using var deleted = await http.DeleteAsync(new Uri("/v1/sessions/upload/files?path=in&recursive=true", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        Assert.DoesNotContain(store.Keys, key => key.Contains("/files/", StringComparison.Ordinal));
        Assert.Empty(store.Faults);
    }

    [Fact]
    public async Task ObjectStore_Away_OutcomesStayAndFilesAreSavedLater()
    {
        await using var store = await ObjectServer.StartAsync();
        await using var cluster = await TestCluster.StartAsync([.. store.Settings, "--ToolRuntime:Workspaces:Path", "", "--ToolRuntime:Workspaces:SaveWithin", "00:00:01"]);
        await using var client = await cluster.ConnectAsync(0);
        var record = await client.OpenAsync("away");
        await RunAsync(client, record, Write("one.txt", "one"));

        store.Refuses = (method, _) => method == "PUT" ? ObjectServer.Refusal.Cut : default;
        var ended = await RunAsync(client, record, Write("two.txt", "two"));
        Assert.Equal("tool.completed", ended.Type);
        Assert.Contains(record.Events, e => e.Type == "tool.progress" && e.ExecutionId == ended.ExecutionId && e.Text("stage") == "workspace_not_saved");
        await Limits.UntilAsync(() => cluster.Silos.Any(silo => silo.Output.Contains("/away could not be saved", StringComparison.Ordinal)), () => "it is logged");

        store.Refuses = null;
        await Limits.UntilAsync(() => cluster.Silos.Any(silo => silo.Output.Contains("/away is saved again", StringComparison.Ordinal)), () => "it is saved");
        await (await HolderAsync(cluster, client, record)).KillAsync();
        Assert.Equal("two", Content(await RunAsync(client, record, Read("two.txt"))));
        Assert.Empty(store.Faults);
    }

    [Fact]
    public async Task Silo_FolderThatCantBeWrittenToOrStoreThatRefuses_DoesNotStart()
    {
        await using var redis = await RedisServer.StartOwnAsync();
        await using var store = await ObjectServer.StartAsync();
        await using var shared = GatewayProcess.LaunchProgram("ToolRuntime.Silo", "--redis", redis.Address, "--ToolRuntime:Workspaces:Path", "/proc/nowhere");
        await using var refused = GatewayProcess.LaunchProgram("ToolRuntime.Silo", ["--redis", redis.Address, .. store.Settings, "--ToolRuntime:Workspaces:Store:Bucket", "other"]);
        await using var both = GatewayProcess.LaunchProgram("ToolRuntime.Silo", ["--redis", redis.Address, .. store.Settings, "--ToolRuntime:Workspaces:Path", "/tmp"]);

        foreach (var (silo, said) in new[] { (shared, "ToolRuntime:Workspaces: Path /proc/nowhere can't be written to"), (refused, "The store of workspaces refuses: NoSuchBucket"), (both, "Path and Store exclude each other") })
        {
            Assert.NotEqual(0, await silo.Exited);
            await Assert.ThrowsAsync<InvalidOperationException>(() => silo.Listening);
            Assert.Contains(said, silo.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", silo.Output, StringComparison.Ordinal);
        }
    }

    private static async Task WriteKillAndReadAsync(TestCluster cluster)
    {
        await using var client = await cluster.ConnectAsync(0);
        var record = await client.OpenAsync("files");
        var large = string.Concat(Enumerable.Range(0, 100_000).Select(line => $"line {line}\n"));
        Assert.Equal("tool.completed", (await RunAsync(client, record, Write("notes/hello.md", "# hello"))).Type);
        await RunAsync(client, record, new("shell", new() { ["command"] = "seq -f 'line %.0f' 0 99999 > large.txt; ln -s notes/hello.md link && chmod 750 notes && echo gone > gone && rm gone" }));
        using var http = new HttpClient { BaseAddress = await cluster.Gateways[1].Listening, Timeout = Limits.Timeout };
        Assert.Equal(large, await http.GetStringAsync(Content("large.txt")));

        await (await HolderAsync(cluster, client, record)).KillAsync();

        Assert.Equal("# hello", Content(await RunAsync(client, record, Read("link"))));
        Assert.Equal(large, await http.GetStringAsync(Content("large.txt")));
        using var part = new HttpRequestMessage(HttpMethod.Get, Content("large.txt")) { Headers = { Range = new RangeHeaderValue(300_000, 900_000) } };
        using var answer = await http.SendAsync(part);
        Assert.Equal((HttpStatusCode.PartialContent, large[300_000..900_001]), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal(
            """{"files":[{"path":"large.txt","type":"file","bytes":1088890},{"path":"link","type":"link"},{"path":"notes","type":"folder"},{"path":"notes/hello.md","type":"file","bytes":7}],"truncated":false}""",
            Undated(await http.GetStringAsync(new Uri("/v1/sessions/files/files?recursive=true", UriKind.Relative))));
        foreach (var (path, status) in new[] { ("none", HttpStatusCode.NotFound), ("notes", HttpStatusCode.BadRequest), ("../files/large.txt", HttpStatusCode.BadRequest), ("/etc/passwd", HttpStatusCode.BadRequest) })
        {
            using var refused = await http.GetAsync(Content(path));
            Assert.Equal((path, status), (path, refused.StatusCode));
        }

        using var nobodys = await http.GetAsync(new Uri("/v1/sessions/nobodys/files", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, nobodys.StatusCode);
    }

    private static string Undated(string listing) => System.Text.RegularExpressions.Regex.Replace(listing, ",\"changedAt\":\"[^\"]+\"", "");

    private static Uri Content(string path) => new($"/v1/sessions/files/files/content?path={Uri.EscapeDataString(path)}", UriKind.Relative);

    private static string? Content(RecordedEvent read) => read.Json.GetProperty("result").GetProperty("content").GetString();

    private static ToolUse Write(string path, string content) => new("file_write", new JsonObject { ["path"] = path, ["content"] = content });

    private static ToolUse Read(string path) => new("file_read", new JsonObject { ["path"] = path });

    private static async Task<RecordedEvent> RunAsync(ProtocolClient client, SessionRecord record, ToolUse call)
    {
        var before = record.Cursor;
        await client.SendAsync(Command.RunTools(record.Session, call));
        var ended = await record.FirstAsync(e => e.EndsTool, $"{call.Tool} ends", before);
        await record.IdleAsync(ended.Seq);
        return ended;
    }

    /// <summary>The silo that runs the session's tools, as their processes know it.</summary>
    private static async Task<GatewayProcess> HolderAsync(TestCluster cluster, ProtocolClient client, SessionRecord record)
    {
        var ended = await RunAsync(client, record, new("shell", new() { ["command"] = Ancestors }));
        var ancestors = record.OutputOf(ended.ExecutionId!).Split('\n');
        return cluster.Silos.Single(silo => ancestors.Contains($"{silo.Id}"));
    }
}
