using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ToolRuntime.Tracing;

namespace ToolRuntime.Tools.Tests.Web;

public sealed class WebScrapeToolTests
{
    private const string Page = """
        <!doctype html><html><head><title> A  page </title><style>p{}</style><script>var x = 1;</script></head>
        <body><h1>Hello</h1><p>Some <b>bold</b>
          text.</p><ul><li>one</li><li><a href="/two#x">two</a></li></ul></body></html>
        """;

    [Fact]
    public async Task Execute_HtmlPage_GivesTitleHeadingsAndText()
    {
        await using var site = await WebSite.StartAsync("text/html; charset=utf-8", Encoding.UTF8.GetBytes(Page));

        var result = await site.GetAsync(site.Url("/a"));

        Assert.Null(result.Error);
        var json = result.Result.ToElement();
        Assert.Equal("A page", json.GetProperty("title").GetString());
        Assert.Equal("# Hello\n\nSome bold text.\n\n- one\n- two", json.GetProperty("text").GetString());
        Assert.Equal("""[{"level":1,"text":"Hello"}]""", json.GetProperty("headings").GetRawText());
        Assert.Equal((site.Url("/a"), 200, "text/html"), (json.GetProperty("url").GetString(), json.GetProperty("status").GetInt32(), json.GetProperty("contentType").GetString()));
        Assert.Equal((Encoding.UTF8.GetByteCount(Page), false), (json.GetProperty("bytes").GetInt32(), json.GetProperty("truncated").GetBoolean()));
        Assert.False(json.TryGetProperty("links", out _));
        Assert.Equal("A page, 37 characters", result.Summary);
        Assert.Equal(1, site.Context.Counters.ApiCalls);
    }

    [Theory]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e4736-")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", null)]
    [InlineData(null, null)]
    public async Task Execute_InATrace_NamesItToTheSiteIfItIsRecorded(string? traceparent, string? expected)
    {
        string? told = null;
        await using var site = await WebSite.StartAsync((context, _) =>
        {
            told = context.Request.Headers.TraceParent.FirstOrDefault();
            context.Response.ContentType = "text/plain";
            return context.Response.WriteAsync("hi");
        });
        using var activity = TraceContext.StartOrPass("execute_tool", ActivityKind.Internal, traceparent);

        Assert.Null((await site.GetAsync()).Error);

        Assert.Equal(expected, told?[..36]);
    }

    [Fact]
    public async Task Execute_LinksAsked_ListsThemAbsolute()
    {
        await using var site = await WebSite.StartAsync("text/html", Encoding.UTF8.GetBytes(Page));

        var result = await site.GetAsync(site.Url("/a/b"), links: true);

        Assert.Equal($$"""[{"text":"two","url":"{{site.Url("/two#x")}}"}]""", result.Result.ToElement().GetProperty("links").GetRawText());
    }

    [Fact]
    public async Task Execute_Page_ReportsWhatIsMeasured()
    {
        var body = new byte[100_000];
        Array.Fill(body, (byte)'a');
        await using var site = await WebSite.StartAsync(
            (context, _) =>
            {
                (context.Response.ContentType, context.Response.ContentLength) = ("text/plain", body.Length);
                return context.Response.Body.WriteAsync(body).AsTask();
            });

        await site.GetAsync();

        var stages = site.Context.Progress;
        Assert.Equal(["connecting", "downloading", "parsing"], stages.Select(step => step.Stage).Distinct());
        var last = stages.Last(step => step.Stage == "downloading");
        Assert.Equal((100d, """{"bytes":100000}"""), (last.Percent, last.Details?.Json));
    }

    [Fact]
    public void Descriptor_IsIdempotentCacheableAndLimitedInTime()
    {
        using var host = new Support.ToolHost();
        var tool = host.Tool("web_scrape");

        Assert.Equal((Idempotency.Yes, 300, 30_000), (tool.Descriptor.Idempotency, tool.Descriptor.CacheSeconds, tool.Descriptor.TimeoutMs));
        Assert.Equal(tool.Descriptor.TimeoutMs, tool.Descriptor.TotalTimeoutMs);
        Assert.Equal("example.org", tool.CircuitOf(Support.FakeToolContext.Call("web_scrape", """{"url":"https://Example.org/a?b"}""")));
        Assert.Equal("example.org:8443", tool.CircuitOf(Support.FakeToolContext.Call("web_scrape", """{"url":"https://example.org:8443/a"}""")));
        Assert.Null(tool.CircuitOf(Support.FakeToolContext.Call("web_scrape", """{"url":"nonsense"}""")));
    }

    [Theory]
    [InlineData("text/plain", "a < b\r\n  c", "a < b\n  c")]
    [InlineData("application/json", """{ "a": 1 }""", """{ "a": 1 }""")]
    [InlineData("application/problem+json", "{}", "{}")]
    [InlineData("", "<p>No type</p>", "No type")]
    public async Task Execute_OtherText_IsText(string contentType, string body, string text)
    {
        await using var site = await WebSite.StartAsync(contentType, Encoding.UTF8.GetBytes(body));

        Assert.Equal(text, (await site.GetAsync()).Result.ToElement().GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("image/png", "'image/png'")]
    [InlineData("application/octet-stream", "'application/octet-stream'")]
    [InlineData("", "'unknown'")]
    public async Task Execute_Binary_IsRefused(string contentType, string named)
    {
        await using var site = await WebSite.StartAsync(contentType, [0x89, 0x50, 0, 1, 2]);

        var error = (await site.GetAsync()).Error!;

        Assert.Equal(("unsupported_content", false), (error.Code, error.Retryable));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, byte[], string> Charsets => new()
    {
        { "text/html; charset=windows-1251", [0xCF, 0xF0, 0xE8], "При" },
        { "text/html; charset=\"shift_jis\"", [0x83, 0x65], "テ" },
        { "text/html; charset=ISO-8859-1", [0x93, 0xE9, 0x94], "“é”" },
        { "text/html; charset=nonsense", Encoding.UTF8.GetBytes("é"), "é" },
        { "text/html", [.. "<meta charset=koi8-r>"u8, 0xF0], "П" },
        { "text/html", [.. "<META http-equiv=Content-Type content='text/html; charset=euc-kr'>"u8, 0xC7, 0xD1], "한" },
        { "text/html", [.. "<meta charset=utf-16>"u8, .. "é"u8], "é" },
        { "text/html; charset=windows-1252", [0xEF, 0xBB, 0xBF, .. "é"u8], "é" },
        { "text/html", [0xFF, 0xFE, 0x14, 0x04], "Д" },
        { "text/html", "日本"u8.ToArray(), "日本" },
        { "text/html", [(byte)'a', 0x80], "a€" },
        { "text/html; charset=utf8", Encoding.UTF8.GetBytes("é"), "é" },
        { "text/html; charset=\" UTF8 \"", Encoding.UTF8.GetBytes("é"), "é" },
        { "text/html; charset=x-sjis", [0x83, 0x65], "テ" },
        { "text/html; charset=latin5", [0xFE], "ş" },
        { "text/html; charset=iso-8859-9", [0x80], "€" },
        { "text/html; charset=gb2312", [0x81, 0x30, 0x84, 0x36, 0xB0, 0xA1, 0x81, 0x40], "¥啊丂" },
        { "text/html", [.. "<meta charset=gbk>"u8, 0x81, 0x40], "丂" },
        { "text/html; charset=ks_c_5601-1987", [0x8C, 0x63], "똠" },
        { "text/html; charset=euc-kr", [0x8C, 0x63], "똠" },
        { "text/html; charset=tis-620", [0x80, 0xA1], "€ก" },
        { "text/html; charset=l6", [0xA1, 0xFF], "Ąĸ" },
        { "text/html; charset=iso8859-14", [0xA1, 0xFF], "Ḃÿ" },
        { "text/html; charset=iso-8859-16", [0xA4, 0xFE], "€ț" },
        { "text/html; charset=x-user-defined", [(byte)'a', 0x80, 0xFF], "a\uf780\uf7ff" },
        { "text/html; charset=x-mac-cyrillic", [0x80, 0xA2, 0xFF], "АҐ€" },
        { "text/html; charset=logical", [0xE0, 0xBF], "א\ufffd" },
        { "text/html; charset=greek", [0xA4, 0xE1], "€α" },
        { "text/html; charset=big5-hkscs", [0xA4, 0xA4], "中" },
        { "text/html; charset=x-euc-jp", [0xC6, 0xFC], "日" },
        { "text/html; charset=csiso2022jp", [0x1B, 0x24, 0x42, 0x46, 0x7C, 0x1B, 0x28, 0x42], "日" },
        { "text/plain", [.. "<meta charset=koi8-r> "u8, .. "é"u8], "<meta charset=koi8-r> é" },
    };

    [Theory]
    [MemberData(nameof(Charsets))]
    public async Task Execute_Charset_MarkThenHeaderThenPage(string contentType, byte[] body, string text)
    {
        await using var site = await WebSite.StartAsync(contentType, body);

        Assert.Equal(text, (await site.GetAsync()).Result.ToElement().GetProperty("text").GetString());
    }

    [Theory]
    [InlineData("hz-gb-2312")]
    [InlineData("ISO-2022-KR")]
    public async Task Execute_CharsetThatNobodyReads_IsRefused(string charset)
    {
        await using var site = await WebSite.StartAsync($"text/html; charset={charset}", "x"u8.ToArray());

        Assert.Equal("unsupported_content", (await site.GetAsync()).Error!.Code);
    }

    [Theory]
    [InlineData(500, true, 500, false)]
    [InlineData(501, true, 500, true)]
    [InlineData(501, false, 0, false)]
    public async Task Execute_MoreLinksThanAreListed_SaysTruncated(int count, bool asked, int listed, bool truncated)
    {
        // Each twice: one that is listed already is none more.
        var links = string.Concat(Enumerable.Range(0, count).Select(i => $"<a href=/{i}>{i}</a> <a href=/{i}>{i}</a> "));
        await using var site = await WebSite.StartAsync("text/html", Encoding.UTF8.GetBytes(links));

        var json = (await site.GetAsync(site.Url(), asked)).Result.ToElement();

        Assert.Equal(listed, json.TryGetProperty("links", out var found) ? found.GetArrayLength() : 0);
        Assert.Equal(truncated, json.GetProperty("truncated").GetBoolean());
    }

    [Fact]
    public async Task Execute_NoConnectionInTime_FailsForGood()
    {
        await using var site = await WebSite.StartAsync("text/html", [], ("ConnectTimeout", "00:00:00.1"));
        site.HoldResolver = token => Task.Delay(Timeout.Infinite, token);

        var error = (await site.GetAsync()).Error!;

        Assert.Equal((ToolErrorCodes.ConnectTimeout, false), (error.Code, error.Retryable));
        Assert.Contains("site.test", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_EndlessBody_IsCutOffAndLetGo()
    {
        var aborted = new TaskCompletionSource();
        await using var site = await WebSite.StartAsync(
            async (context, _) =>
            {
                context.RequestAborted.Register(aborted.SetResult);
                context.Response.ContentType = "text/plain";
                var chunk = new byte[64 * 1024];
                Array.Fill(chunk, (byte)'a');
                while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
            },
            ("MaxBytes", "200000"),
            ("MaxCharacters", "1000000"));

        var json = (await site.GetAsync()).Result.ToElement();

        Assert.Equal((200_000, true, 200_000), (json.GetProperty("bytes").GetInt32(), json.GetProperty("truncated").GetBoolean(), json.GetProperty("text").GetString()!.Length));
        await aborted.Task.WaitAsync(Support.Wait.Timeout);
    }

    [Theory]
    [InlineData(999, false)]
    [InlineData(1_000, false)]
    [InlineData(1_001, true)]
    public async Task Execute_MoreCharactersThanAllowed_AreCutOff(int length, bool truncated)
    {
        await using var site = await WebSite.StartAsync("text/html", Encoding.UTF8.GetBytes($"<p>{new string('x', length)}</p>"), ("MaxCharacters", "1000"));

        var json = (await site.GetAsync()).Result.ToElement();

        Assert.Equal((Math.Min(length, 1_000), truncated), (json.GetProperty("text").GetString()!.Length, json.GetProperty("truncated").GetBoolean()));
    }

    [Fact]
    public async Task Execute_CompressedBomb_IsReadUpToTheLimitOnly()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var zeros = new byte[1024 * 1024];
            for (var i = 0; i < 256; i++) gzip.Write(zeros);
        }

        Assert.InRange(packed.Length, 1, 1024 * 1024);
        await using var site = await WebSite.StartAsync(
            (context, _) =>
            {
                (context.Response.ContentType, context.Response.Headers.ContentEncoding) = ("text/plain", "gzip");
                return context.Response.Body.WriteAsync(packed.ToArray()).AsTask();
            },
            ("MaxBytes", "100000"));

        var json = (await site.GetAsync()).Result.ToElement();

        Assert.Equal((100_000, true), (json.GetProperty("bytes").GetInt32(), json.GetProperty("truncated").GetBoolean()));
    }

    [Theory]
    [InlineData("gzip, gzip")]
    [InlineData("gzip")]
    [InlineData("compress")]
    public async Task Execute_EncodingThatIsNotWhatItSays_IsRefused(string coding)
    {
        await using var site = await WebSite.StartAsync((context, _) =>
        {
            (context.Response.ContentType, context.Response.Headers.ContentEncoding) = ("text/plain", coding);
            return context.Response.Body.WriteAsync("this is no archive"u8.ToArray()).AsTask();
        });

        Assert.Equal("unsupported_content", (await site.GetAsync()).Error?.Code);
    }

    [Fact]
    public async Task Execute_SlowBodyAndCancelled_EndsAtOnce()
    {
        using var cancel = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        await using var site = await WebSite.StartAsync(async (context, _) =>
        {
            context.Response.ContentType = "text/plain";
            await context.Response.Body.WriteAsync("begin"u8.ToArray());
            await context.Response.Body.FlushAsync();
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });

        var call = site.GetAsync(site.Url(), cancellationToken: cancel.Token);
        await begun.Task.WaitAsync(Support.Wait.Timeout);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Theory]
    [InlineData(429, "7", true, 7_000L)]
    [InlineData(429, null, true, null)]
    [InlineData(503, "0", true, 0L)]
    [InlineData(404, "7", false, null)]
    [InlineData(500, null, false, null)]
    [InlineData(304, null, false, null)]
    public async Task Execute_ServerRefuses_IsRetryableOnlyWhereItAsksToComeBack(int status, string? retryAfter, bool retryable, long? retryAfterMs)
    {
        await using var site = await WebSite.StartAsync((context, _) =>
        {
            context.Response.StatusCode = status;
            if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
            return Task.CompletedTask;
        });

        var error = (await site.GetAsync()).Error!;

        Assert.Equal(("http_status", retryable, retryAfterMs), (error.Code, error.Retryable, error.RetryAfterMs));
        Assert.Contains($"{status}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Execute_ConnectionBreaks_IsALostTransport()
    {
        await using var site = await WebSite.StartAsync(async (context, _) =>
        {
            (context.Response.ContentType, context.Response.ContentLength) = ("text/plain", 100);
            await context.Response.Body.WriteAsync("begin"u8.ToArray());
            await context.Response.Body.FlushAsync();
            context.Abort();
        });

        var thrown = await Assert.ThrowsAnyAsync<Exception>(site.GetAsync);
        Assert.True(thrown is IOException or HttpRequestException, $"{thrown}");
    }

    [Fact]
    public async Task Execute_Cookies_AreNotKept()
    {
        var cookies = new List<string>();
        await using var site = await WebSite.StartAsync((context, _) =>
        {
            cookies.Add(context.Request.Headers.Cookie.ToString());
            context.Response.Headers.SetCookie = "a=1";
            context.Response.ContentType = "text/plain";
            return Task.CompletedTask;
        });

        await site.GetAsync();
        await site.GetAsync();

        Assert.Equal(["", ""], cookies);
    }
}
