using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using ToolRuntime.Tools.Tests.Providers;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Web;

public sealed class FirecrawlTests
{
    private const string Answer = """
        {"success":true,"data":{
          "markdown":"# From *Firecrawl*","html":"<h1>From <em>Firecrawl</em></h1><script>x</script>","warning":null,
          "metadata":{"title":"A page","language":"en","sourceURL":"http://site.test/a","url":"http://site.test/b","statusCode":200,"contentType":"text/html","error":null}}}
        """;

    private static readonly IReadOnlyList<BadDay> Days = BadDay.Of(words => $$$"""{"success":false,"code":"X","error":{{{JsonSerializer.Serialize(words)}}}}""", Answer[..120]);

    public static TheoryData<string> BadDays => BadDay.NamesOf(Days);

    [Fact]
    public async Task Execute_Configured_AsksItAsDocumentedAndReadsWhatItGives()
    {
        await using var server = await ProviderServer.StartAsync(Answer);
        await using var site = await SiteAsync(server);

        var result = await ScrapeAsync(site, site.Url("/a"), "markdown");

        Assert.Null(result.Error);
        var (method, path, authorization, body) = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/v2/scrape", "Bearer " + BadDay.Key), (method, path, authorization));
        Assert.Equal($$"""{"url":"{{site.Url("/a")}}","formats":["html","markdown"],"timeout":60000}""", body);
        Assert.Equal(
            """
            {"url":"http://site.test/b","status":200,"contentType":"text/html","title":"A page","format":"markdown","text":"# From *Firecrawl*",
            "headings":[{"level":1,"text":"From Firecrawl"}],"bytes":50,"truncated":false,"provider":"firecrawl"}
            """.ReplaceLineEndings(""),
            result.Result.Json);
        Assert.Equal((1, 0), (site.Context.Counters.ApiCalls, site.Requests.Count));
    }

    [Theory]
    [MemberData(nameof(BadDays))]
    public async Task Execute_OnABadDay_OurOwnGetsThePageIfItMayPassAndElseTellsWhat(string name)
    {
        var day = Days.Single(day => day.Name == name);
        await using var server = await ProviderServer.StartAsync(day);
        await using var site = await SiteAsync(server, day.Timeout);

        var result = await ScrapeAsync(site, site.Url("/a"), "text");

        Assert.Single(server.Requests);
        if (!day.Retryable)
        {
            Assert.Equal(new("provider_error", "Firecrawl" + day.Told), result.Error);
            Assert.Equal((1, 0), (site.Context.Counters.ApiCalls, site.Requests.Count));
            return;
        }

        Assert.Null(result.Error);
        var json = result.Result.ToElement();
        Assert.Equal(("Own page", "own", "Firecrawl" + day.Told), (json.GetProperty("text").GetString(), json.GetProperty("provider").GetString(), json.GetProperty("fallback").GetString()));
        Assert.Equal((2, 1), (site.Context.Counters.ApiCalls, site.Requests.Count));
        Assert.Contains(site.Context.Progress, step => step.Stage == "falling_back");
    }

    [Theory]
    [InlineData("""{"success":false,"error":"blocked"}""", "Firecrawl failed: blocked")]
    [InlineData("[]", "Firecrawl's answer can't be read: it is no object.")]
    [InlineData("""{"success":true}""", "Firecrawl's answer can't be read: it has no 'data'.")]
    [InlineData("""{"success":true,"data":{"metadata":{}}}""", "Firecrawl's answer can't be read: it has neither 'html' nor 'markdown'.")]
    public async Task Execute_SuccessThatIsNone_OurOwnGetsThePage(string answer, string told)
    {
        await using var server = await ProviderServer.StartAsync(answer);
        await using var site = await SiteAsync(server);

        Assert.Equal(told, (await ScrapeAsync(site, site.Url(), "text")).Result.ToElement().GetProperty("fallback").GetString());
    }

    [Fact]
    public async Task Execute_PageThatIsNotThere_IsTheSameErrorAsOurs()
    {
        await using var server = await ProviderServer.StartAsync("""{"success":true,"data":{"markdown":"gone","metadata":{"statusCode":404}}}""");
        await using var site = await SiteAsync(server);

        Assert.Equal(new("http_status", "The server answered 404."), (await ScrapeAsync(site, site.Url(), "text")).Error);
    }

    [Fact]
    public async Task Execute_MarkdownAlone_IsTamed()
    {
        var given = JsonSerializer.Serialize("# A\u202E\n\n<script>x</script> [a](javascript:x) [b](&#106;avascript:x) [c](https://c.test) ![d](https://d.test/p.png) 1 < 2\n\n[e]: data:text/html,x");
        await using var server = await ProviderServer.StartAsync($$$$"""{"success":true,"data":{"markdown":{{{{given}}}},"metadata":{}}}""");
        await using var site = await SiteAsync(server);

        Assert.Equal(
            "# A\n\n&lt;script>x&lt;/script> [a](#) [b](#) [c](https://c.test) [d](https://d.test/p.png) 1 < 2",
            (await ScrapeAsync(site, site.Url(), "markdown")).Result.ToElement().GetProperty("text").GetString());
    }

    [Fact]
    public async Task Execute_FailedOften_IsNotAskedForAWhile()
    {
        await using var server = await ProviderServer.StartAsync("{}", 503);
        await using var site = await SiteAsync(server);

        for (var i = 0; i < 6; i++) await ScrapeAsync(site, site.Url(), "text");
        var last = await ScrapeAsync(site, site.Url(), "text");

        Assert.Equal(("Firecrawl failed so often of late that it was not asked.", 5), (last.Result.ToElement().GetProperty("fallback").GetString(), server.Requests.Count));
    }

    [Theory]
    [InlineData("http://inner.test/", "address_denied")]
    [InlineData("http://10.0.0.1/", "address_denied")]
    [InlineData("http://[::1]/", "address_denied")]
    [InlineData("http://redis:6379/", "host_not_found")]
    [InlineData("http://db.prod.svc/", "host_not_found")]
    [InlineData("file:///etc/passwd", "invalid_url")]
    public async Task Execute_NotPublic_IsNotNamedToIt(string url, string code)
    {
        await using var server = await ProviderServer.StartAsync(Answer);
        await using var site = await SiteAsync(server);
        site.Addresses = host => host == "inner.test" ? [IPAddress.Parse("192.168.0.1")] : throw new SocketException((int)SocketError.HostNotFound);

        Assert.Equal(code, (await ScrapeAsync(site, url, "text")).Error?.Code);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Execute_PublicName_IsAskedFor(bool known)
    {
        await using var server = await ProviderServer.StartAsync(Answer);
        await using var site = await SiteAsync(server);
        site.Addresses = _ => known ? [IPAddress.Parse("93.184.216.34")] : throw new SocketException((int)SocketError.TryAgain);

        Assert.Null((await ScrapeAsync(site, "https://www.example.org/", "text")).Error);
        Assert.Single(server.Requests);
    }

    private static Task<WebSite> SiteAsync(ProviderServer server, string timeout = "00:01:00") => WebSite.StartAsync(
        "text/html",
        Encoding.UTF8.GetBytes("<p>Own page</p>"),
        ("Firecrawl:ApiKey", BadDay.Key), ("Firecrawl:BaseUrl", server.Url + "/v2"), ("Firecrawl:MaxAnswerBytes", $"{BadDay.MaxBytes}"), ("Firecrawl:Timeout", timeout));

    private static Task<ToolResult> ScrapeAsync(WebSite site, string url, string format) =>
        site.Tool.ExecuteAsync(FakeToolContext.Call("web_scrape", $$"""{"url":"{{url}}","format":"{{format}}"}"""), site.Context, default).WaitAsync(Wait.Timeout);
}
