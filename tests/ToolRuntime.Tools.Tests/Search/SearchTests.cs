using System.Text.Json;
using ToolRuntime.Events;
using ToolRuntime.Tools.Tests.Providers;
using ToolRuntime.Tools.Tests.Support;

namespace ToolRuntime.Tools.Tests.Search;

public sealed class SearchTests
{
    /// <summary>As Tavily's reference shows an answer.</summary>
    private const string TavilyAnswer = """
        {"query":"orleans","answer":null,"images":[],"results":[
          {"title":"Orleans\u200b docs","url":"https://learn.microsoft.com/orleans","content":"Virtual actors.","score":0.91,"raw_content":null,"favicon":"x"},
          {"title":"News","url":"https://example.org/n","content":"New.","score":0.5,"published_date":"Fri, 28 Nov 2025 10:00:00 GMT"},
          {"title":"Twice","url":"https://example.org/n","content":"","score":0.4},
          {"title":"No page","url":"javascript:alert(1)","content":"","score":0.3}
        ],"response_time":0.2,"request_id":"123e4567"}
        """;

    /// <summary>As SearXNG answers.</summary>
    private const string SearXngAnswer = """
        {"query":"q","number_of_results":0,"results":[
          {"url":"https://a.example.org/1","title":"One","content":"First.","publishedDate":"2020-01-01T00:00:00","engine":"x","parsed_url":["https","a.example.org","/1","","",""],"score":2.0},
          {"url":"https://other.test/2","title":"Two","content":"Second.","publishedDate":null,"engine":"x","score":1.0}
        ],"answers":[],"corrections":[],"infoboxes":[],"suggestions":[],"unresponsive_engines":[]}
        """;

    private static readonly IReadOnlyList<BadDay> TavilyDays = BadDay.Of(words => $$$"""{"detail":{"error":{{{JsonSerializer.Serialize(words)}}}}}""", TavilyAnswer[..300]);
    private static readonly IReadOnlyList<BadDay> SearXngDays = BadDay.Of(words => $$$"""{"error":{{{JsonSerializer.Serialize(words)}}}}""", SearXngAnswer[..300]);

    public static TheoryData<string> BadTavilyDays => BadDay.NamesOf(TavilyDays);

    public static TheoryData<string> BadSearXngDays => BadDay.NamesOf([.. SearXngDays.Where(day => day.Name != "401")]);

    [Fact]
    public async Task Execute_Tavily_AsksAsDocumentedAndGivesTheResults()
    {
        await using var server = await ProviderServer.StartAsync(TavilyAnswer);
        using var host = Tavily(server);

        var result = await host.RunAsync("web_search", """
            {"query":" orleans ","depth":"deep","top_k":3,"freshness":"week","sites":["Learn.microsoft.com","example.org"],"exclude_sites":["x.org"]}
            """);

        Assert.Null(result.Error);
        var (method, path, authorization, body) = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/search", "Bearer " + BadDay.Key), (method, path, authorization));
        Assert.Equal(
            """{"query":"orleans","search_depth":"advanced","max_results":3,"time_range":"week","include_domains":["learn.microsoft.com","example.org"],"exclude_domains":["x.org"]}""", body);
        Assert.Equal(
            """
            {"query":"orleans","provider":"tavily","depth":"deep","results":[
            {"rank":1,"title":"Orleans docs","url":"https://learn.microsoft.com/orleans","snippet":"Virtual actors.","score":0.91},
            {"rank":2,"title":"News","url":"https://example.org/n","snippet":"New.","published":"Fri, 28 Nov 2025 10:00:00 GMT","score":0.5}]}
            """.ReplaceLineEndings(""),
            result.Result.Json);
        Assert.Equal(("2 results for “orleans”", 1), (result.Summary, host.Context.Counters.ApiCalls));
        Assert.Equal(System.Text.Encoding.UTF8.GetByteCount(body), host.Context.Counters.BytesOut);
        Assert.True(host.Context.Counters.BytesIn > 0);
    }

    [Fact]
    public async Task Execute_AnswerStillComing_ResultsThatAreWholeAreSent()
    {
        var go = new TaskCompletionSource();
        var split = TavilyAnswer.IndexOf("""{"title":"News",""", StringComparison.Ordinal) + 30;
        await using var server = await ProviderServer.StartAsync(async context =>
        {
            await ProviderServer.SendAsync(context, TavilyAnswer[..split]);
            await context.Response.Body.FlushAsync();
            await go.Task;
            await ProviderServer.SendRestAsync(context, TavilyAnswer[split..]);
        });
        using var host = Tavily(server);

        var running = host.RunAsync("web_search", """{"query":"orleans"}""");
        var first = await host.Context.OutputHasAsync("\n", OutputStream.Result);
        go.SetResult();
        var result = await running.WaitAsync(Wait.Timeout);

        Assert.Equal("https://learn.microsoft.com/orleans", JsonElement.Parse(Assert.Single(first.TrimEnd().Split('\n'))).GetProperty("url").GetString());
        Assert.Equal(
            result.Result.ToElement().GetProperty("results").EnumerateArray().Select(r => r.GetRawText()), host.Context.Text(OutputStream.Result).TrimEnd().Split('\n'));
    }

    [Theory]
    [MemberData(nameof(BadTavilyDays))]
    public Task Execute_TavilyOnABadDay_TellsWhat(string name) => OnABadDayAsync(TavilyDays.Single(day => day.Name == name), "Tavily", Tavily);

    [Theory]
    [MemberData(nameof(BadSearXngDays))]
    public Task Execute_SearXngOnABadDay_TellsWhat(string name) => OnABadDayAsync(SearXngDays.Single(day => day.Name == name), "SearXNG", SearXng);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"results":{}}""")]
    [InlineData("[]")]
    public async Task Execute_JsonOfAnotherShape_IsAnError(string answer)
    {
        await using var server = await ProviderServer.StartAsync(answer);
        using var host = Tavily(server);

        Assert.Equal(new("provider_error", "Tavily's answer can't be read: it is no JSON.", Retryable: true), (await host.RunAsync("web_search", """{"query":"q"}""")).Error);
    }

    [Fact]
    public async Task Execute_NobodyListens_SaysSo()
    {
        using var host = new ToolHost(("Search:SearXngUrl", "http://127.0.0.1:1"));

        Assert.Equal(
            new("provider_error", "SearXNG can't be reached (ConnectionRefused).", Retryable: true), (await host.RunAsync("web_search", """{"query":"q"}""")).Error);
    }

    [Fact]
    public async Task Execute_NothingConfigured_SaysWhatIsMissing()
    {
        using var host = new ToolHost(("Search:TavilyApiKey", " "));
        var tool = host.Tool("web_search");

        var error = (await host.RunAsync("web_search", """{"query":"q"}""")).Error!;

        Assert.Equal(("provider_not_configured", false), (error.Code, error.Retryable));
        Assert.Equal(error.Message, tool.Descriptor.NotForModels);
        Assert.Contains("TAVILY_API_KEY", error.Message, StringComparison.Ordinal);
        Assert.Contains("SEARXNG_BASE_URL", error.Message, StringComparison.Ordinal);
        Assert.Equal((0, null), (host.Context.Counters.ApiCalls, tool.CircuitOf(FakeToolContext.Call("web_search", "{}"))));
    }

    [Fact]
    public async Task Execute_SearXng_AsksForSitesByWordsAndLeavesOutWhatDoesNotFit()
    {
        await using var server = await ProviderServer.StartAsync(SearXngAnswer);
        using var host = SearXng(server);

        var sites = await host.RunAsync("web_search", """{"query":"a b&c","sites":["example.org","x.org"],"exclude_sites":["y.org"],"freshness":"year"}""");
        var week = await host.RunAsync("web_search", """{"query":"q","freshness":"week"}""");

        Assert.Equal(["https://a.example.org/1"], UrlsOf(sites));
        Assert.Equal(["https://other.test/2"], UrlsOf(week));
        Assert.Equal(
            ["/search?format=json&q=a%20b%26c%20%28site%3Aexample.org%20OR%20site%3Ax.org%29%20-site%3Ay.org&time_range=year", "/search?format=json&q=q&time_range=month"],
            server.Requests.Select(request => request.Path));
        Assert.All(server.Requests, request => Assert.Equal(("GET", ""), (request.Method, request.Authorization)));
    }

    [Fact]
    public async Task Execute_SearXngDeep_ReadsFurtherPagesWhileResultsAreMissing()
    {
        await using var server = await ProviderServer.StartAsync(context => ProviderServer.SendAsync(context, $$"""
            {"results":[{"url":"https://example.org/{{context.Request.Query["pageno"]}}","title":"t","content":""}]}
            """));
        using var host = SearXng(server);

        Assert.Equal(2, UrlsOf(await host.RunAsync("web_search", """{"query":"q","depth":"deep","top_k":2}""")).Length);
        Assert.Equal(2, host.Context.Counters.ApiCalls);
        Assert.Equal(3, UrlsOf(await host.RunAsync("web_search", """{"query":"q","depth":"deep"}""")).Length);
        Assert.Equal(2 + 3, host.Context.Counters.ApiCalls);
    }

    [Fact]
    public async Task Execute_ExtractTopN_AddsTextsOrWhyThereIsNone()
    {
        await using var pages = await ProviderServer.StartAsync("<p>Some <b>words</b></p>", contentType: "text/html");
        await using var server = await ProviderServer.StartAsync($$"""
            {"results":[{"url":"{{pages.Url}}/a","title":"a","content":""},{"url":"http://10.0.0.1/","title":"b","content":""},{"url":"{{pages.Url}}/c","title":"c","content":""}]}
            """);
        using var host = SearXng(server, ("Web:AllowedHosts:0", "127.0.0.1"));

        var result = await host.RunAsync("web_search", """{"query":"q","extract_top_n":2}""");

        var found = result.Result.ToElement().GetProperty("results");
        Assert.Equal("Some **words**", found[0].GetProperty("text").GetString());
        Assert.Contains("no public address", found[1].GetProperty("textError").GetString(), StringComparison.Ordinal);
        Assert.False(found[2].TryGetProperty("text", out _));
        Assert.Equal(3, host.Context.Counters.ApiCalls);
        Assert.Equal(("extracting", 100d), (host.Context.Progress[^1].Stage, host.Context.Progress[^1].Percent));
        Assert.Equal(5, host.Context.Text(OutputStream.Result).TrimEnd().Split('\n').Length);
    }

    [Fact]
    public void Descriptor_IsIdempotentCacheableAndHasTheProvidersCircuit()
    {
        using var host = new ToolHost(("Search:TavilyApiKey", BadDay.Key), ("Search:SearXngUrl", "http://127.0.0.1:1"));
        var tool = host.Tool("web_search");

        Assert.Equal((Idempotency.Yes, 300, null), (tool.Descriptor.Idempotency, tool.Descriptor.CacheSeconds, tool.Descriptor.NotForModels));
        Assert.Equal("tavily", tool.CircuitOf(FakeToolContext.Call("web_search", "{}")));
    }

    private static async Task OnABadDayAsync(BadDay day, string provider, Func<ProviderServer, (string, string)[], ToolHost> start)
    {
        await using var server = await ProviderServer.StartAsync(day);
        using var host = start(server, [("Search:Timeout", day.Timeout)]);

        var result = await host.RunAsync("web_search", """{"query":"q"}""").WaitAsync(Wait.Timeout);

        Assert.Equal(new("provider_error", provider + day.Told, day.Retryable, day.RetryAfterMs), result.Error);
        Assert.Equal((1, 1), (server.Requests.Count, host.Context.Counters.ApiCalls));
    }

    private static string[] UrlsOf(ToolResult result) => [.. result.Result.ToElement().GetProperty("results").EnumerateArray().Select(r => r.GetProperty("url").GetString()!)];

    private static ToolHost Tavily(ProviderServer server, params (string, string)[] settings) =>
        new([("Search:TavilyApiKey", BadDay.Key), ("Search:TavilyUrl", server.Url), .. Settings(settings)]);

    private static ToolHost SearXng(ProviderServer server, params (string, string)[] settings) => new([("Search:SearXngUrl", server.Url + "/"), .. Settings(settings)]);

    private static (string, string)[] Settings((string Key, string Value)[] settings)
    {
        List<(string Key, string Value)> all = [("Search:MaxAnswerBytes", $"{BadDay.MaxBytes}"), ("Search:DeepTimeout", "00:01:00"), .. settings];
        if (!all.Exists(setting => setting.Key == "Search:Timeout")) all.Add(("Search:Timeout", "00:01:00"));
        return [.. all];
    }
}
