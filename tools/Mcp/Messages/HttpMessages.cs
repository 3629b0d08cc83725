using System.Net;
using System.Text;

namespace ToolRuntime.Tools.Mcp.Messages;

/// <summary>The server does not know the session any more. It refused the request, which may be sent again in a new one.</summary>
internal sealed class McpSessionLostException() : Exception("it does not know the session any more");

/// <summary>
/// What a server answers over HTTP: bounded and readable messages, and a lost session as such. The package takes only a 404 for that, and
/// then ends all requests of the session, also those that would have been refused for the same reason.
/// </summary>
internal sealed class HttpMessages(HttpMessageHandler inner, int maxMessage) : DelegatingHandler(inner)
{
    private const string SessionHeader = "Mcp-Session-Id";
    private const int MaxRefusal = 64 * 1024;

    private static readonly string[] OfLostSessions = ["session", "not initialized"];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        try
        {
            var mayBeLost = request.Headers.Contains(SessionHeader)
                && response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest;
            if (mayBeLost) await JudgeAsync(request, response, cancellationToken);
            else if (response.IsSuccessStatusCode) await MakeReadableAsync(response, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private static async Task JudgeAsync(HttpRequestMessage request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            if (request.Method == HttpMethod.Post) throw new McpSessionLostException();
            // The stream for what comes by itself: to the package this says that there is none, while the requests under way go on.
            if (request.Method == HttpMethod.Get) response.StatusCode = HttpStatusCode.MethodNotAllowed;
            return;
        }

        if (request.Method != HttpMethod.Post) return;
        var body = await ReadAsync(response.Content, MaxRefusal, cancellationToken);
        var text = Encoding.UTF8.GetString(body);
        if (OfLostSessions.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase))) throw new McpSessionLostException();
        Replace(response, new ByteArrayContent(body));
    }

    private async Task MakeReadableAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        switch (response.Content.Headers.ContentType?.MediaType)
        {
            case "application/json":
                var body = await ReadAsync(response.Content, maxMessage, cancellationToken);
                Replace(response, new ByteArrayContent(ReadableMessage.Of(body) ?? body));
                break;
            case "text/event-stream":
                Replace(response, new StreamContent(
                    new MessageEvents(await response.Content.ReadAsStreamAsync(cancellationToken), maxMessage)));
                break;
        }
    }

    private static async Task<byte[]> ReadAsync(HttpContent content, int max, CancellationToken cancellationToken)
    {
        using var whole = new MemoryStream();
        await using var bounded = new BoundedStream(await content.ReadAsStreamAsync(cancellationToken), max);
        await bounded.CopyToAsync(whole, cancellationToken);
        return whole.ToArray();
    }

    // The old content is not disposed of: the connection belongs to the stream that was opened of it.
    private static void Replace(HttpResponseMessage response, HttpContent content)
    {
        foreach (var (name, values) in response.Content.Headers)
        {
            if (name != "Content-Length") content.Headers.TryAddWithoutValidation(name, values);
        }

        response.Content = content;
    }
}
