using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace ToolRuntime.Tools.Web;

/// <summary>Gets a page: follows redirects, each checked like the first, and reads so much of the body as is allowed.</summary>
internal sealed class WebFetcher(IOptions<WebOptions> options, WebConnector connector, TimeProvider time) : IDisposable
{
    private const int ChunkBytes = 32 * 1024;

    private readonly HttpMessageInvoker http = new(connector.CreateHandler());

    /// <exception cref="WebException">It can't be had.</exception>
    public async Task<WebPage> GetAsync(Uri url, IToolContext context, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            await context.ReportProgressAsync("connecting", message: url.Authority, cancellationToken: cancellationToken);
            using var response = await SendAsync(url, context, cancellationToken);
            if (RedirectOf(response) is not { } location) return await ReadAsync(response, url, redirects, context, cancellationToken);
            if (redirects == options.Value.MaxRedirects) throw new WebException(new("too_many_redirects", $"The page redirects more than {redirects} times."));
            url = WebUrl.Follow(url, location);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(Uri url, IToolContext context, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionOrLower };
        request.Headers.TryAddWithoutValidation("User-Agent", "ToolRuntime/1.0");
        request.Headers.TryAddWithoutValidation("Accept", "text/html,application/xhtml+xml,text/*;q=0.9,application/json;q=0.8,*/*;q=0.1");
        context.Counters.AddApiCalls(1);
        try
        {
            return await http.SendAsync(request, cancellationToken);
        }
        catch (OperationCanceledException e) when (e.InnerException is TimeoutException && !cancellationToken.IsCancellationRequested)
        {
            var seconds = options.Value.ConnectTimeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
            throw new WebException(new(ToolErrorCodes.ConnectTimeout, $"There was no connection to '{url.Authority}' within {seconds} s."), e);
        }
        catch (HttpRequestException e) when (e.InnerException is AddressDeniedException denied)
        {
            throw WebException.AddressDenied(denied, e);
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData })
        {
            throw WebException.HostNotFound(url, e);
        }
    }

    private static Uri? RedirectOf(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
            ? response.Headers.Location
            : null;

    private async Task<WebPage> ReadAsync(HttpResponseMessage response, Uri url, int redirects, IToolContext context, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode) throw new WebException(Refused(response));
        var (type, coding) = (response.Content.Headers.ContentType, response.Content.Headers.ContentEncoding);
        var mediaType = type?.MediaType?.ToLowerInvariant() ?? "";
        if (mediaType.Length > 0 && !WebPage.IsTextType(mediaType)) throw Binary(mediaType);
        // What our side can decode, it has taken off the list.
        if (coding.Count > 0) throw new WebException(new("unsupported_content", $"The page is encoded as '{string.Join(", ", coding)}'."));

        var (bytes, truncated) = await TryReadBodyAsync(response.Content, context, cancellationToken);
        var page = new WebPage(url, (int)response.StatusCode, mediaType, type?.CharSet?.Trim('"'), bytes, truncated, redirects);
        return page.IsBinary ? throw Binary("unknown") : page;
    }

    private async Task<(ReadOnlyMemory<byte> Bytes, bool Truncated)> TryReadBodyAsync(HttpContent content, IToolContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadBodyAsync(content, context, cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw new WebException(new("unsupported_content", "The page is not compressed the way it says."), e);
        }
    }

    /// <summary>Reads up to the limit, decompressed, and never more than a chunk beyond it.</summary>
    private async Task<(ReadOnlyMemory<byte> Bytes, bool Truncated)> ReadBodyAsync(HttpContent content, IToolContext context, CancellationToken cancellationToken)
    {
        var limit = options.Value.MaxBytes;
        var total = content.Headers.ContentLength;
        await using var body = await content.ReadAsStreamAsync(cancellationToken);
        using var kept = new MemoryStream();
        var chunk = new byte[ChunkBytes];
        while (true)
        {
            await context.CheckpointAsync(cancellationToken);
            var read = await body.ReadAsync(chunk, cancellationToken);
            context.Counters.AddBytesIn(read);
            kept.Write(chunk, 0, Math.Min(read, limit - (int)kept.Length));
            var details = JsonText.Object(json => json.WriteNumber("bytes", kept.Length));
            await context.ReportProgressAsync("downloading", total > 0 ? 100d * kept.Length / total : null, details: details, cancellationToken: cancellationToken);
            if (read == 0) return (kept.ToArray(), false);
            if (kept.Length == limit) return (kept.ToArray(), await body.ReadAsync(chunk, cancellationToken) > 0);
        }
    }

    private ToolError Refused(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        var retryable = status is 429 or 503;
        return new("http_status", $"The server answered {status} {response.ReasonPhrase}".TrimEnd() + ".", retryable, retryable ? WaitOf(response.Headers.RetryAfter) : null);
    }

    private long? WaitOf(RetryConditionHeaderValue? advice)
    {
        var wait = advice?.Delta ?? (advice?.Date - time.Wall().GetUtcNow());
        return wait is { } known ? Math.Max(0, (long)known.TotalMilliseconds) : null;
    }

    private static WebException Binary(string type) => new(new("unsupported_content", $"The page is no text; its type is '{type}'."));
}
