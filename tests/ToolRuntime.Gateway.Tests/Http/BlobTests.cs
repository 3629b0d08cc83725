using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using ToolRuntime.Gateway.Tests.Security;

namespace ToolRuntime.Gateway.Tests.Http;

/// <summary>What tools publish, from the tool to the browser.</summary>
public sealed class BlobTests : IAsyncLifetime
{
    private const string Pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    private static readonly TestKey Ann = TestKey.Ann;
    private static readonly TestKey Mia = new("mia1", "acme", "mia");
    private static readonly TestKey Foreign = new("ann2", "else", "ann");
    private TenantServer server = null!;

    public async Task InitializeAsync() => server = await TenantServer.StartAsync(TestKey.Settings(Ann, Mia, Foreign));

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Fact]
    public async Task Get_Picture_IsShownWithItsTypeAndSize()
    {
        var blob = await PublishAsync($"echo {Pixel} | base64 -d > plot.png", "plot.png");

        Assert.Equal(("plot.png", "image/png", 1, 1), (Text(blob, "name"), Text(blob, "mediaType"), Number(blob, "width"), Number(blob, "height")));
        using var response = await GetAsync(Ann, blob);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal((HttpStatusCode.OK, "image/png"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        Assert.Equal(Convert.FromBase64String(Pixel), bytes);
        Assert.Equal("inline", response.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        using var again = await GetAsync(Ann, blob, request => request.Headers.IfNoneMatch.Add(response.Headers.ETag!));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Fact]
    public async Task Get_Range_IsThatPartAlsoOfALargeFile()
    {
        var blob = await PublishAsync("head -c 700000 /dev/zero | tr '\\0' a > big && echo end >> big", "big");

        using var last = await GetAsync(Ann, blob, request => request.Headers.Range = new(700_000, null));
        Assert.Equal((HttpStatusCode.PartialContent, "end\n"), (last.StatusCode, await last.Content.ReadAsStringAsync()));
        Assert.Equal(new ContentRangeHeaderValue(700_000, 700_003, 700_004), last.Content.Headers.ContentRange);
        using var middle = await GetAsync(Ann, blob, request => request.Headers.Range = new(1, 600_000));
        Assert.Equal(600_000, (await middle.Content.ReadAsByteArrayAsync()).Length);
        using var whole = await GetAsync(Ann, blob);
        Assert.Equal(700_004, (await whole.Content.ReadAsByteArrayAsync()).Length);
        using var beyond = await GetAsync(Ann, blob, request => request.Headers.Range = new(700_004, null));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);
    }

    [Theory]
    [InlineData("page.html", "text/html", "attachment")]
    [InlineData("drawing.svg", "image/svg+xml", "inline")]
    [InlineData("claims.png", "application/octet-stream", "attachment")]
    public async Task Get_WhatCouldRun_IsInASandbox(string name, string type, string disposition)
    {
        var blob = await PublishAsync($"echo '<svg><script>alert(1)</script></svg>' > {name}", name);

        using var response = await GetAsync(Ann, blob);

        Assert.Equal((type, disposition), (response.Content.Headers.ContentType?.MediaType, response.Content.Headers.ContentDisposition?.DispositionType));
        Assert.StartsWith("sandbox; default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_BySomebodyElse_IsRefusedUntilTheSessionIsShared()
    {
        var blob = await PublishAsync("echo x > x", "x");

        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(Mia, blob)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(Foreign, blob)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(null, blob)).StatusCode);
        await AskAsync("session.share", "\"subjects\":[\"mia\"]");
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(Mia, blob)).StatusCode);
    }

    [Theory]
    [InlineData("session.reset")]
    [InlineData("session.delete")]
    public async Task Get_AfterItsSessionWasErased_IsGone(string command)
    {
        var blob = await PublishAsync("echo x > x", "x");

        await AskAsync(command, "");
        await PublishAsync("echo y > y", "y"); // there is a session again

        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(Ann, blob)).StatusCode);
    }

    [Theory]
    [InlineData("pictures:..:x")]
    [InlineData("pictures:a:..%2F..%2Fx")]
    [InlineData("nothing")]
    public async Task Get_WhatIsNoId_IsNotFound(string id)
    {
        await PublishAsync("echo x > x", "x");
        using var http = server.Http(Ann);

        using var response = await http.GetAsync(new Uri($"/v1/blobs/{id}", UriKind.Relative));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private static string? Text(JsonElement blob, string name) => blob.GetProperty(name).GetString();

    private static int Number(JsonElement blob, string name) => blob.GetProperty(name).GetInt32();

    private async Task<JsonElement> PublishAsync(string command, string path)
    {
        await server.ExecuteAsync(Ann, "pictures", "shell", $$"""{"command":{{JsonSerializer.Serialize(command)}}}""");
        var (_, execution) = await server.ExecuteAsync(Ann, "pictures", "file_publish", $$"""{"path":"{{path}}"}""");
        await using var client = (await server.ConnectAsync(Ann))!;
        var details = WireAssert.Ack(await client.AskAsync("tool.details", $"\"session\":\"pictures\",\"executionId\":\"{execution}\""));
        return details.GetProperty("result").GetProperty("content")[0];
    }

    private async Task AskAsync(string command, string fields)
    {
        await using var client = (await server.ConnectAsync(Ann))!;
        WireAssert.Ack(await client.AskAsync(command, $"\"session\":\"pictures\"{(fields.Length > 0 ? "," : "")}{fields}"));
    }

    private async Task<HttpResponseMessage> GetAsync(TestKey? key, JsonElement blob, Action<HttpRequestMessage>? configure = null)
    {
        using var http = server.Http(key);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"/v1/blobs/{Text(blob, "blob")}", UriKind.Relative));
        configure?.Invoke(request);
        return await http.SendAsync(request);
    }
}
