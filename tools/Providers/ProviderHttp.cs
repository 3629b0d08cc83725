using System.Net;
using ToolRuntime.Tools.Mcp.Messages;

namespace ToolRuntime.Tools.Providers;

/// <summary>
/// Calls providers: each call has its time, its answer a length, and each is counted. Redirects are not followed, since the key would go with them. Addresses of providers are the operator's,
/// so they may be private.
/// </summary>
internal sealed class ProviderHttp(TimeProvider time) : IDisposable
{
    private const int MaxRefusalBytes = 64 * 1024;

    private readonly HttpMessageInvoker http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.All,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ResponseDrainTimeout = TimeSpan.FromMilliseconds(250),
        UseCookies = false,
    });

    /// <summary>Sends a request, and lets a success's body be read. Who reads gets the provider's exceptions as they are.</summary>
    /// <exception cref="ProviderException">It was not answered as it should be.</exception>
    public async Task<T> CallAsync<T>(
        Provider provider, Func<HttpRequestMessage> create, Func<Stream, CancellationToken, Task<T>> read, IToolContext context, CancellationToken cancellationToken)
    {
        await context.CheckpointAsync(cancellationToken);
        return await CallAsync(provider, create, read, context.Counters, cancellationToken);
    }

    /// <summary>The same of a call that does not wait while the attempt is paused, or that is no attempt's.</summary>
    public async Task<T> CallAsync<T>(
        Provider provider, Func<HttpRequestMessage> create, Func<Stream, CancellationToken, Task<T>> read, ToolCounters? counters, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(provider.Timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        using var request = create();
        request.Headers.TryAddWithoutValidation("User-Agent", "ToolRuntime/1.0");
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        if (provider is { Key: { } header, KeyHeader: { } name }) request.Headers.TryAddWithoutValidation(name, header);
        else if (provider.Key is { } key) request.Headers.Authorization = new("Bearer", key);
        counters?.AddApiCalls(1);
        counters?.AddBytesOut(request.Content?.Headers.ContentLength ?? 0);
        try
        {
            using var response = await SendAsync(provider, request, stop.Token);
            await using var body = new BoundedBody(await response.Content.ReadAsStreamAsync(stop.Token), provider, counters);
            if (response.IsSuccessStatusCode) return await read(body, stop.Token);
            throw ProviderFaults.Refused(provider, response.StatusCode, await WordsAsync(body, provider, stop.Token), WaitOf(response));
        }
        catch (OperationCanceledException e) when (over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw ProviderFaults.TimedOut(provider, e);
        }
        catch (System.Text.Json.JsonException e)
        {
            throw ProviderFaults.Malformed(provider, "it is no JSON", e);
        }
        catch (InvalidDataException e)
        {
            throw ProviderFaults.Malformed(provider, "it is not compressed the way it says", e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            throw ProviderFaults.CutOff(provider, e);
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(Provider provider, HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError)
        {
            throw ProviderFaults.Unreachable(provider, e);
        }
    }

    /// <summary>What a refusal says; that it can't be read to its end is no other fault.</summary>
    private static async Task<string> WordsAsync(Stream body, Provider provider, CancellationToken cancellationToken)
    {
        var kept = new byte[MaxRefusalBytes];
        var length = 0;
        try
        {
            length = await body.ReadAtLeastAsync(kept, kept.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (Exception e) when (e is IOException or ProviderException or InvalidDataException)
        {
            return "";
        }

        return ProviderWords.Of(kept.AsSpan(0, length), provider);
    }

    private TimeSpan? WaitOf(HttpResponseMessage response) =>
        response.Headers.RetryAfter is { } advice ? advice.Delta ?? (advice.Date - time.Wall().GetUtcNow()) : null;
}
