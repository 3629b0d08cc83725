using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace ToolRuntime.Models.Providers;

/// <summary>Sends requests to a provider; waits and asks again when it says that it is busy.</summary>
internal sealed partial class ProviderHttp(HttpClient client, TimeProvider time, ILogger<ProviderHttp> logger)
{
    private const int MaxAttempts = 6;
    private const int MaxErrorBytes = 64 * 1024;
    private const int MaxWarned = 1_000;

    private readonly ConcurrentDictionary<(string Model, string Tool), bool> warned = [];

    /// <summary>
    /// A client for all providers. It follows no redirects, which would carry our keys along, and closes the connection of an answer
    /// that is given up.
    /// </summary>
    public static HttpClient CreateClient() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ResponseDrainTimeout = TimeSpan.FromMilliseconds(250),
        UseCookies = false,
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>The response, its body still to be read.</summary>
    /// <exception cref="ModelException">The provider refused, or was busy for too long.</exception>
    public async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> create, ProviderOptions options, CancellationToken cancellationToken)
    {
        var waited = TimeSpan.Zero;
        for (var attempt = 1; ; attempt++)
        {
            using var request = create();
            var response = await Silence.LimitAsync(token => client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token), options.IdleTimeout, time, cancellationToken);
            if (response.StatusCode == HttpStatusCode.OK) return response;
            TimeSpan wait;
            using (response)
            {
                var error = await ErrorAsync(response, options, cancellationToken);
                wait = RetryAdvice.Of(response, error, time.Wall().GetUtcNow()) ?? Backoff(attempt);
                var status = response.StatusCode;
                if (!ProviderErrors.IsTemporary(status, error) || attempt == MaxAttempts || waited + wait > options.MaxRetryWait) throw ProviderErrors.Of(status, error, options);
                LogWaiting((int)status, wait, attempt);
            }

            await Task.Delay(wait, time, cancellationToken);
            waited += wait;
        }
    }

    /// <summary>The answer's bytes; a silence longer than allowed is a <see cref="TimeoutException"/>.</summary>
    public async Task<AnswerStream> ReadAsync(HttpResponseMessage response, ProviderOptions options, CancellationToken cancellationToken) =>
        new(await response.Content.ReadAsStreamAsync(cancellationToken), options, time);

    /// <summary>Warns, once, of a tool that is not offered.</summary>
    public void WarnLeftOut(string model, string tool, string why)
    {
        if (warned.Count < MaxWarned && warned.TryAdd((model, tool), true)) LogLeftOut(model, tool, why);
    }

    private static TimeSpan Backoff(int attempt) => TimeSpan.FromSeconds((1 << (attempt - 1)) * (0.75 + (0.5 * Random.Shared.NextDouble())));

    /// <summary>
    /// The member <c>error</c> that all providers' errors have, which Google may wrap in an array; else what there is, a plain text
    /// too.
    /// </summary>
    private async Task<JsonElement?> ErrorAsync(HttpResponseMessage response, ProviderOptions options, CancellationToken cancellationToken)
    {
        var bytes = new byte[MaxErrorBytes];
        var length = 0;
        try
        {
            await using var body = await ReadAsync(response, options, cancellationToken);
            length = await body.ReadAtLeastAsync(bytes, MaxErrorBytes, throwOnEndOfStream: false, cancellationToken);
            using var document = JsonDocument.Parse(bytes.AsMemory(0, length));
            var root = document.RootElement is { ValueKind: JsonValueKind.Array } array && array.GetArrayLength() > 0 ? array[0] : document.RootElement;
            return (root.Member("error") ?? root).Clone();
        }
        catch (JsonException)
        {
            var text = Encoding.UTF8.GetString(bytes, 0, length).Trim();
            return text.Length == 0 || text[0] == '<' ? null : JsonSerializer.SerializeToElement(text);
        }
        catch (Exception exception) when (exception is IOException or TimeoutException or ModelException)
        {
            return null;
        }
    }
}
