using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ToolRuntime.Load.Server;

/// <summary>What the internet would be: a search as Tavily answers one, a page, and the same page by Firecrawl, each after a fixed time.</summary>
internal sealed class StandIn : IAsyncDisposable
{
    private static readonly TimeSpan SearchTime = TimeSpan.FromMilliseconds(200), PageTime = TimeSpan.FromMilliseconds(500);

    private const string Page = "<html><head><title>A page</title></head><body><h1>It works.</h1><p>Some text of a page, with <a href='/other'>a link</a>.</p></body></html>";

    private readonly WebApplication application;
    private int requests;

    private StandIn()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        application = builder.Build();
        var results = string.Join(',', Enumerable.Range(1, 5).Select(i => $$"""{"title":"Result {{i}}","url":"https://example.org/{{i}}","content":"What it is about.","score":0.9}"""));
        application.MapPost("/search", () => AnswerAsync(SearchTime, "application/json", $$"""{"query":"q","answer":null,"images":[],"results":[{{results}}],"response_time":0.2}"""));
        application.MapGet("/page/{number}", () => AnswerAsync(PageTime, "text/html", Page));
        application.MapPost("/v2/scrape", () => AnswerAsync(
            PageTime, "application/json", $$"""{"success":true,"data":{"html":"{{Page}}","metadata":{"title":"A page","statusCode":200} } }"""));
    }

    public string Url { get; private set; } = "";

    public int Requests => Volatile.Read(ref requests);

    /// <summary>Settings of a server that is to search and read here.</summary>
    public string[] Settings(bool firecrawl) =>
    [
        "--ToolRuntime:Search:TavilyApiKey", "stand-in", "--ToolRuntime:Search:TavilyUrl", Url, "--ToolRuntime:Web:AllowedHosts:0", "127.0.0.1",
        .. firecrawl ? (string[])["--ToolRuntime:Web:Firecrawl:BaseUrl", $"{Url}/v2"] : [],
    ];

    public static async Task<StandIn> StartAsync()
    {
        var server = new StandIn();
        await server.application.StartAsync();
        server.Url = server.application.Urls.Single();
        return server;
    }

    public ValueTask DisposeAsync() => application.DisposeAsync();

    private async Task<IResult> AnswerAsync(TimeSpan after, string type, string text)
    {
        Interlocked.Increment(ref requests);
        await Task.Delay(after);
        return Results.Text(text, type);
    }
}
