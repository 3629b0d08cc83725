using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ToolRuntime.Tools.Providers;

namespace ToolRuntime.Tools.Sandboxes.Daytona;

/// <summary>Calls Daytona, unless it has just failed often in a row.</summary>
internal sealed class DaytonaHttp(IOptions<DaytonaOptions> options, ProviderHttp http, ProviderCircuit circuit)
{
    /// <summary>Without it, log and output of a command mix its two streams.</summary>
    public const string SplitHeader = "X-Daytona-Split-Output";

    private static readonly ToolError NotConfigured = ProviderFaults.NotConfigured(
        "Tools work in sandboxes of Daytona here, and this server has no key of it (DAYTONA_API_KEY). It is for the operator to set one.");

    private static readonly ToolError Resting = new(ProviderFaults.Code, "Daytona failed often in a row; it is asked again in a while.", Retryable: true);

    /// <summary>Who is asked, within the time of one call.</summary>
    public Provider Provider => new("Daytona", options.Value.ApiKey, options.Value.Timeout, options.Value.MaxAnswerBytes);

    /// <summary>Asks, and reads an answer of JSON; where it is empty the result is undefined.</summary>
    /// <exception cref="ProviderException">It was not answered as it should be.</exception>
    public Task<JsonElement> AskAsync(HttpMethod method, Uri url, JsonText? body, ToolCounters? counters, CancellationToken cancellationToken, TimeSpan? timeout = null) =>
        CallAsync(method, url, () => body is null ? null : JsonOf(body.Value), ReadJsonAsync, counters, cancellationToken, Provider with { Timeout = timeout ?? options.Value.Timeout });

    /// <summary>Asks, and lets the answer be read.</summary>
    /// <exception cref="ProviderException">It was not answered as it should be.</exception>
    public async Task<T> CallAsync<T>(
        HttpMethod method,
        Uri url,
        Func<HttpContent?> content,
        Func<Stream, CancellationToken, Task<T>> read,
        ToolCounters? counters,
        CancellationToken cancellationToken,
        Provider? provider = null)
    {
        EnsureMayAsk();
        try
        {
            var answer = await http.CallAsync(provider ?? Provider, Request, read, counters, cancellationToken);
            circuit.Answered();
            return answer;
        }
        catch (ProviderException e)
        {
            Note(e);
            throw;
        }

        HttpRequestMessage Request()
        {
            var request = new HttpRequestMessage(method, url) { Content = content() };
            request.Headers.TryAddWithoutValidation(SplitHeader, "true");
            return request;
        }
    }

    /// <exception cref="ProviderException">There is no key, or it is not asked just now.</exception>
    public void EnsureMayAsk()
    {
        if (options.Value.ApiKey is null) throw new ProviderException(NotConfigured);
        if (!circuit.MayAsk()) throw new ProviderException(Resting);
    }

    /// <summary>What it refuses with a reason of the call's own is an answer.</summary>
    private void Note(ProviderException e)
    {
        if (e.Error.Retryable && e.Status is not HttpStatusCode.TooManyRequests) circuit.Failed();
        else circuit.Answered();
    }

    private static ByteArrayContent JsonOf(JsonText body) =>
        new(Encoding.UTF8.GetBytes(body.Json)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private static async Task<JsonElement> ReadJsonAsync(Stream body, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        await body.CopyToAsync(bytes, cancellationToken);
        if (bytes.Length == 0) return default;
        using var document = JsonDocument.Parse(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
        return document.RootElement.Clone();
    }
}
