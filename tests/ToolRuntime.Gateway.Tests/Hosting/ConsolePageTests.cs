using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ToolRuntime.Gateway.Clustering;
using ToolRuntime.Gateway.Hosting;

namespace ToolRuntime.Gateway.Tests.Hosting;

/// <summary>How the files of the web page are sent.</summary>
public sealed class ConsolePageTests : IAsyncLifetime
{
    private static readonly HttpClient s_client = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None });
    private readonly string _folder = Directory.CreateTempSubdirectory("toolruntime-page-").FullName;
    private WebApplication? _app;
    private Uri? _address;

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "assets"));
        foreach (var file in (string[])["index.html", "assets/index-1.js"])
        {
            Write(file, $"plain {file}");
            Write(file + ".br", $"br {file}");
            Write(file + ".gz", $"gzip {file}");
        }

        Write("icon.svg", "<svg/>");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(new GatewayPeers(inCluster: false));
        _app = builder.Build();
        _app.MapConsolePage(_folder);
        await _app.StartAsync();
        _address = new(_app.Urls.Single());
    }

    public async Task DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("gzip, deflate, br", "br")]
    [InlineData("gzip;q=1.0, br;q=0.5", "br")]
    [InlineData("gzip, br;q=0", "gzip")]
    [InlineData("*", "br")]
    [InlineData("identity", null)]
    [InlineData("*;q=0", null)]
    [InlineData(null, null)]
    public async Task Get_FileThatTheBuildCompressed_IsSentAsTheClientTakesIt(string? accepts, string? coding)
    {
        (string, string, string, string)[] files =
        [
            ("/assets/index-1.js", "assets/index-1.js", "text/javascript", "public, max-age=31536000, immutable"),
            ("/", "index.html", "text/html", "no-cache"),
            ("/s/some", "index.html", "text/html", "no-cache"),
        ];
        foreach (var (path, file, type, cache) in files)
        {
            using var response = await GetAsync(path, accepts);

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal($"{coding ?? "plain"} {file}", await response.Content.ReadAsStringAsync());
            Assert.Equal(coding, response.Content.Headers.ContentEncoding.SingleOrDefault());
            Assert.Equal(type, response.Content.Headers.ContentType?.MediaType);
            Assert.Equal(cache, Assert.Single(response.Headers.GetValues("Cache-Control")));
            Assert.Equal("Accept-Encoding", Assert.Single(response.Headers.Vary));
            Assert.True(response.Headers.Contains("Content-Security-Policy"));
        }
    }

    [Fact]
    public async Task Get_Again_IsNotModified_AndNotTakenForAnotherForm()
    {
        using var first = await GetAsync("/s/some", "br");
        using var plain = await GetAsync("/s/some", null);
        Assert.NotEqual(plain.Headers.ETag, first.Headers.ETag);

        using var again = await GetAsync("/s/some", "br", first.Headers.ETag?.ToString());
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        using var other = await GetAsync("/s/some", null, first.Headers.ETag?.ToString());
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task Get_FileWithoutCompressedForm_IsSentAsItIs()
    {
        using var response = await GetAsync("/icon.svg", "br");

        Assert.Equal("<svg/>", await response.Content.ReadAsStringAsync());
        Assert.Empty(response.Content.Headers.ContentEncoding);
        Assert.Empty(response.Headers.Vary);
    }

    [Fact]
    public async Task Get_CompressedFormItself_IsNotFound()
    {
        using var response = await GetAsync("/assets/index-1.js.br", "br");

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_folder, file), text);

    private async Task<HttpResponseMessage> GetAsync(string path, string? accepts, string? ifNoneMatch = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_address!, path));
        if (accepts is not null) request.Headers.TryAddWithoutValidation("Accept-Encoding", accepts);
        if (ifNoneMatch is not null) request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        return await s_client.SendAsync(request);
    }
}
