using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ToolRuntime.Gateway.Tests.Security;

namespace ToolRuntime.Gateway.Tests.Http;

/// <summary>Files of a workspace, written and removed over HTTP.</summary>
public sealed class FileEditTests : IAsyncLifetime
{
    private const int Limit = 3_000_000;
    private static readonly TestKey Ann = TestKey.Ann;
    private static readonly TestKey Reader = new("ann3", "acme", "ann") { Scopes = ["sessions:read"] };
    private TenantServer server = null!;

    public async Task InitializeAsync()
    {
        server = await TenantServer.StartAsync([.. TestKey.Settings(Ann, Reader), ("Workspaces:MaxUploadBytes", Limit)]);
        await server.ExecuteAsync(Ann, "files");
    }

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(256 * 1024)]
    [InlineData((2 * 256 * 1024) + 1)]
    public async Task Put_AnySize_IsTheFileForPeopleAndToolsUntilItIsDeleted(int size)
    {
        var bytes = RandomNumberGenerator.GetBytes(size);

        var (status, body, tag) = await SendAsync(HttpMethod.Put, Content("a b/ç.bin"), bytes);

        Assert.Equal((HttpStatusCode.Created, $$"""{"path":"a b/ç.bin","bytes":{{size}}}"""), (status, Unescaped(body)));
        Assert.Equal(bytes, await GetAsync("a b/ç.bin", tag));
        Assert.Equal($"{Convert.ToHexStringLower(SHA256.HashData(bytes))}  a b/ç.bin\n", await ShellAsync("sha256sum 'a b/ç.bin'"));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Put, Content("a b/ç.bin"), [1])).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Delete, Content("a b/ç.bin"))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Delete, Content("a b/ç.bin"))).Status);
        Assert.Equal("", await ShellAsync("ls -A 'a b'"));
    }

    [Fact]
    public async Task Put_WithoutALength_IsTheSame()
    {
        var bytes = RandomNumberGenerator.GetBytes(700_000);
        using var http = server.Http(Ann);
        using var request = new HttpRequestMessage(HttpMethod.Put, Content("chunked")) { Content = new StreamContent(new Unknown(bytes)) };

        using var response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(bytes, await GetAsync("chunked", response.Headers.ETag));
    }

    [Fact]
    public async Task Put_OfAVersion_ReplacesThatOneOnly()
    {
        var first = await SendAsync(HttpMethod.Put, Content("x"), [1], request => request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any));
        Assert.Equal(HttpStatusCode.Created, first.Status);
        var again = await SendAsync(HttpMethod.Put, Content("x"), [2], request => request.Headers.IfNoneMatch.Add(EntityTagHeaderValue.Any));
        Assert.Equal((HttpStatusCode.PreconditionFailed, "conflict"), (again.Status, Code(again.Body)));

        var second = await SendAsync(HttpMethod.Put, Content("x"), [2, 2], request => request.Headers.IfMatch.Add(first.Tag!));
        Assert.Equal(HttpStatusCode.OK, second.Status);
        var stale = await SendAsync(HttpMethod.Put, Content("x"), new byte[600_000], request => request.Headers.IfMatch.Add(first.Tag!));
        Assert.Equal(HttpStatusCode.PreconditionFailed, stale.Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await SendAsync(HttpMethod.Put, Content("new/y"), [1], request => request.Headers.IfMatch.Add(EntityTagHeaderValue.Any))).Status);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await SendAsync(HttpMethod.Delete, Content("x"), configure: request => request.Headers.IfMatch.Add(first.Tag!))).Status);
        Assert.Equal(new byte[] { 2, 2 }, await GetAsync("x", second.Tag));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Delete, Content("x"), configure: request => request.Headers.IfMatch.Add(second.Tag!))).Status);
        Assert.Equal("", await ShellAsync("ls -A"));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("/tmp/x")]
    [InlineData("a/../../x")]
    [InlineData("out/x")]
    [InlineData("leads")]
    [InlineData(".")]
    [InlineData("")]
    public async Task Change_PathThatLeadsOut_IsRefused(string path)
    {
        await ShellAsync("ln -s /tmp out; ln -s /etc/passwd leads; ln -s ../../elsewhere dangling");

        foreach (var address in (Uri[])[Content(path), Content("dangling")])
        {
            var (status, body, _) = await SendAsync(HttpMethod.Put, address, [1]);
            Assert.Equal((HttpStatusCode.BadRequest, "invalid_command"), (status, Code(body)));
        }

        if (path != "leads") Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Delete, Content(path))).Status);
        if (path is not ("leads" or ".")) Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Put, Folder(path))).Status);
    }

    [Fact]
    public async Task Delete_Link_LeavesWhatItLeadsTo()
    {
        await ShellAsync("mkdir d && echo kept > d/f && ln -s d/f link && ln -s d folder && ln -s /etc/hostname away && mkfifo pipe");

        foreach (var path in (string[])["link", "folder", "away", "pipe"]) Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Delete, Folder(path))).Status);

        Assert.Equal("d\nd/f\n", await ShellAsync("find * | sort; test -e /etc/hostname"));
    }

    [Fact]
    public async Task Delete_Folder_IsEmptyOrAskedForWithAllThatIsInIt()
    {
        await ShellAsync("mkdir -p d/e/f empty keep && echo x > d/e/x && echo y > keep/y && ln -s ../keep d/e/link && chmod 500 d/e/f");

        var full = await SendAsync(HttpMethod.Delete, Folder("d"));
        Assert.Equal((HttpStatusCode.Conflict, "conflict"), (full.Status, Code(full.Body)));
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Delete, Folder("d", "&recursive=yes"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Delete, Folder("empty"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Delete, Folder("d", "&recursive=true"))).Status);

        Assert.Equal("keep\nkeep/y\n", await ShellAsync("find * | sort"));
    }

    [Fact]
    public async Task PutFolder_MakesItAndThoseOnItsWay()
    {
        Assert.Equal(HttpStatusCode.Created, (await SendAsync(HttpMethod.Put, Folder("m/n"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Put, Folder("m/n"))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(HttpMethod.Put, Content("m/n"), [1])).Status);

        using var http = server.Http(Ann);
        var listed = JsonElement.Parse(await http.GetStringAsync(new Uri("/v1/sessions/files/files?path=m", UriKind.Relative))).GetProperty("files")[0];
        Assert.Equal(("n", "folder"), (listed.GetProperty("path").GetString(), listed.GetProperty("type").GetString()));
        Assert.InRange(listed.GetProperty("changedAt").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Put_TooLarge_IsRefusedAndLeavesNothing(bool length)
    {
        using var http = server.Http(Ann);
        using var request = new HttpRequestMessage(HttpMethod.Put, Content("x")) { Content = length ? new ByteArrayContent(new byte[Limit + 1]) : new StreamContent(new Unknown(new byte[Limit + 1])) };

        using var response = await http.SendAsync(request);

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "too_large"), (response.StatusCode, Code(await response.Content.ReadAsStringAsync())));
        Assert.Equal("", await ShellAsync("ls -A"));
        Assert.Equal(HttpStatusCode.Created, (await SendAsync(HttpMethod.Put, Content("x"), new byte[Limit])).Status);
    }

    [Fact]
    public async Task Change_WithoutTheScope_IsForbidden()
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(HttpMethod.Put, Content("x"), [1], key: Reader)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(HttpMethod.Put, Folder("x"), key: Reader)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(HttpMethod.Delete, Folder("x"), key: Reader)).Status);
    }

    [Fact]
    public async Task Put_ManyAtATime_EachIsWholeAndOneOfThem()
    {
        var contents = Enumerable.Range(0, 6).Select(_ => RandomNumberGenerator.GetBytes(600_000)).ToList();

        var sent = await Task.WhenAll(contents.Select(bytes => SendAsync(HttpMethod.Put, Content("same"), bytes)));

        Assert.Single(sent, one => one.Status == HttpStatusCode.Created);
        Assert.Contains(await GetAsync("same", null), contents);
    }

    private static Uri Content(string path) => new($"/v1/sessions/files/files/content?path={Uri.EscapeDataString(path)}", UriKind.Relative);

    private static Uri Folder(string path, string more = "") => new($"/v1/sessions/files/files?path={Uri.EscapeDataString(path)}{more}", UriKind.Relative);

    private static string? Code(string body) => JsonElement.Parse(body).GetProperty("error").GetProperty("code").GetString();

    private static string Unescaped(string body) => body.Replace("\\u00E7", "ç", StringComparison.Ordinal);

    private async Task<byte[]> GetAsync(string path, EntityTagHeaderValue? tag)
    {
        using var http = server.Http(Ann);
        using var response = await http.GetAsync(Content(path));
        if (tag is not null) Assert.Equal(tag, response.Headers.ETag);
        return await response.Content.ReadAsByteArrayAsync();
    }

    /// <summary>What a command prints in the workspace.</summary>
    private async Task<string> ShellAsync(string command)
    {
        using var http = server.Http(Ann);
        using var content = new StringContent($$"""{"tool":"shell","arguments":{"command":{{JsonSerializer.Serialize(command)}}},"session":"files"}""", Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri("/v1/tools/execute", UriKind.Relative), content);
        var executed = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal("completed", executed.GetProperty("state").GetString());
        return executed.GetProperty("output").TryGetProperty("stdout", out var printed) ? printed.GetProperty("text").GetString()! : "";
    }

    private async Task<(HttpStatusCode Status, string Body, EntityTagHeaderValue? Tag)> SendAsync(
        HttpMethod method, Uri address, byte[]? body = null, Action<HttpRequestMessage>? configure = null, TestKey? key = null)
    {
        using var http = server.Http(key ?? Ann);
        using var request = new HttpRequestMessage(method, address);
        if (body is not null) request.Content = new ByteArrayContent(body);
        configure?.Invoke(request);
        using var response = await http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.ETag);
    }

    /// <summary>A stream that does not say how long it is.</summary>
    private sealed class Unknown(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
