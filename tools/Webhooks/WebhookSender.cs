using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Options;
using ToolRuntime.Jobs;
using ToolRuntime.Tools.Web;

namespace ToolRuntime.Tools.Webhooks;

/// <summary>Posts webhooks to the public internet and to allowed hosts, by the connector that looks at the very address that it connects to. Follows no redirect.</summary>
internal sealed class WebhookSender : IWebhookSender, IDisposable
{
    /// <summary>More of an answer is not even looked at.</summary>
    private const int MaxAnswerBytes = 4_096;

    private static readonly ProductInfoHeaderValue Agent = new("tool-runtime", "1.0");
    private readonly HttpMessageInvoker http;
    private readonly TimeProvider time;

    public WebhookSender(IEnumerable<string> allowedHosts, HostResolver resolve, TimeProvider time)
    {
        this.time = time;
        var options = new WebOptions();
        foreach (var host in allowedHosts) options.AllowedHosts.Add(host);
        http = new(new WebConnector(Options.Create(options), resolve).CreateHandler());
    }

    public async Task<WebhookAnswer> PostAsync(Uri url, IReadOnlyDictionary<string, string> headers, string body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.UserAgent.Add(Agent);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        try
        {
            using var answer = await http.SendAsync(request, cancellationToken);
            await PassAsync(answer, cancellationToken);
            return new((int)answer.StatusCode, RetryAfter: WaitOf(answer.Headers.RetryAfter));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or AddressDeniedException or OperationCanceledException)
        {
            if (e is OperationCanceledException && cancellationToken.IsCancellationRequested) throw;
            return IsDenied(e) ? new(null, "The address is not a public one.", Refused: true) : new(null, Reason(e));
        }
    }

    public void Dispose() => http.Dispose();

    /// <summary>Reads a short answer to its end, so that its connection can be used again.</summary>
    private static async Task PassAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MaxAnswerBytes];
        _ = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
    }

    private static bool IsDenied(Exception? e) => e is AddressDeniedException || (e is not null && IsDenied(e.InnerException));

    private static string Reason(Exception e) => e is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown } http ? $"No answer: {http.HttpRequestError}." : "No answer.";

    private TimeSpan? WaitOf(RetryConditionHeaderValue? after) => after?.Delta ?? (after?.Date - time.GetUtcNow());
}
