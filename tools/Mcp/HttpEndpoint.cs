using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol.Client;
using ToolRuntime.Tools.Mcp.Messages;

namespace ToolRuntime.Tools.Mcp;

/// <summary>A server that is spoken to by streamable HTTP.</summary>
internal static class HttpEndpoint
{
    // A stream that broke is taken up again where it ended, if the server is there; if it is not, calls should not wait for it.
    private const int MaxResumptions = 2;

    public static McpEndpoint Open(string name, McpServerOptions options, int maxMessageBytes)
    {
        // Headers hold secrets: they go to the address that was configured and to no other.
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = options.ConnectTimeout, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        var transport = new HttpClientTransport(
            new()
            {
                Name = name,
                Endpoint = options.Url!,
                TransportMode = HttpTransportMode.StreamableHttp,
                ConnectionTimeout = options.ConnectTimeout,
                AdditionalHeaders = options.Headers.ToDictionary(StringComparer.OrdinalIgnoreCase),
                MaxReconnectionAttempts = MaxResumptions,
            },
            new HttpClient(new HttpMessages(handler, maxMessageBytes)) { Timeout = Timeout.InfiniteTimeSpan },
            NullLoggerFactory.Instance,
            ownsHttpClient: true);
        return new(transport, new TaskCompletionSource<string>().Task, transport);
    }
}
