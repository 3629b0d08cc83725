using System.Text.Json;
using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Providers;

namespace ToolRuntime.Tools.Web;

/// <summary>Gets a page and reads it as text.</summary>
internal sealed class WebScrapeTool(IOptions<WebOptions> options, PageScraper pages) : ITool
{
    private const int CacheSeconds = 300;

    public ToolDescriptor Descriptor { get; } = new()
    {
        Name = "web_scrape",
        Description = "Gets a public web page (http or https) and returns its title, headings and readable text. Runs no scripts.",
        Parameters = new("""
            {
              "type": "object",
              "properties": {
                "url": { "type": "string", "minLength": 1, "maxLength": 8000, "description": "The page's absolute URL." },
                "format": { "enum": ["text", "markdown"], "description": "What the text is written in: plain text, or Markdown with links and tables; text if left out." },
                "links": { "type": "boolean", "description": "Whether the result lists the page's links; false if left out." }
              },
              "required": ["url"],
              "additionalProperties": false
            }
            """),
        TimeoutMs = (int)options.Value.Timeout.TotalMilliseconds,
        TotalTimeoutMs = (int)options.Value.Timeout.TotalMilliseconds,
        Idempotency = Idempotency.Yes,
        CacheSeconds = CacheSeconds,
        EstimatedMs = 1_500,
    };

    /// <summary>The host: that one is down says nothing about others.</summary>
    public string? CircuitOf(ToolCall call) =>
        Uri.TryCreate(call.GetText("url").Trim(), UriKind.Absolute, out var url) ? url.Authority.ToLowerInvariant() : null;

    public async Task<ToolResult> ExecuteAsync(ToolCall call, IToolContext context, CancellationToken cancellationToken)
    {
        try
        {
            var markdown = call.FindText("format") == "markdown";
            return Result(await pages.ReadAsync(WebUrl.Parse(call.GetText("url")), markdown, context, cancellationToken), markdown, call.FindFlag("links"));
        }
        catch (WebException exception)
        {
            return ToolResult.Failure(exception.Error);
        }
        catch (ProviderException exception)
        {
            return ToolResult.Failure(exception.Error);
        }
    }

    private static ToolResult Result(ScrapedPage page, bool markdown, bool links)
    {
        var read = page.Read;
        var truncated = page.Truncated || (links && read.LinksTruncated);
        var result = JsonText.Object(json =>
        {
            json.WriteString("url", page.Url.AbsoluteUri);
            json.WriteNumber("status", page.Status);
            if (page.MediaType.Length > 0) json.WriteString("contentType", page.MediaType);
            if (read.Title.Length > 0) json.WriteString("title", read.Title);
            json.WriteString("format", markdown ? "markdown" : "text");
            json.WriteString("text", read.Text);
            WriteHeadings(json, read);
            if (links) WriteLinks(json, read);
            json.WriteNumber("bytes", page.Bytes);
            json.WriteBoolean("truncated", truncated);
            json.WriteString("provider", page.Provider);
            if (page.Fallback is { } why) json.WriteString("fallback", why);
        });
        var name = read.Title.Length > 0 ? read.Title : page.Url.Host;
        return ToolResult.Success(result, $"{name}, {read.Text.Length} characters{(truncated ? " (cut off)" : "")}");
    }

    private static void WriteHeadings(Utf8JsonWriter json, HtmlPage read)
    {
        json.WriteStartArray("headings");
        foreach (var (level, text) in read.Headings)
        {
            json.WriteStartObject();
            json.WriteNumber("level", level);
            json.WriteString("text", text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteLinks(Utf8JsonWriter json, HtmlPage read)
    {
        json.WriteStartArray("links");
        foreach (var (text, url) in read.Links)
        {
            json.WriteStartObject();
            json.WriteString("text", text);
            json.WriteString("url", url);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
