using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace ToolRuntime.Tools.Web;

/// <summary>Names to addresses; the system's resolver unless a test has another.</summary>
internal delegate Task<IPAddress[]> HostResolver(string host, CancellationToken cancellationToken);

/// <summary>
/// Opens connections to the public internet and to allowed hosts. It resolves the name itself and connects to the very address that it has
/// checked, so neither a redirect nor a name that changes its address in between leads inside.
/// </summary>
internal sealed class WebConnector(IOptions<WebOptions> options, HostResolver resolve)
{
    private readonly HashSet<string> allowed = new(options.Value.AllowedHosts, StringComparer.OrdinalIgnoreCase);

    /// <summary>A handler that knows nothing of cookies, proxies, credentials and redirects.</summary>
    public SocketsHttpHandler CreateHandler() => new()
    {
        ConnectCallback = async (context, cancellationToken) => await ConnectAsync(context.DnsEndPoint, cancellationToken),
        ConnectTimeout = options.Value.ConnectTimeout,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.All,
        UseCookies = false,
        UseProxy = false,
        Credentials = null,
        PreAuthenticate = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(1),
    };

    /// <summary>Whether the host may be reached though its addresses are not public.</summary>
    public bool IsAllowed(Uri url) => IsAllowed(url.Host.Trim('[', ']'), url.Port);

    /// <summary>The addresses of a host that may be reached.</summary>
    /// <exception cref="AddressDeniedException">It has none.</exception>
    public async Task<IPAddress[]> ResolveAsync(string name, int port, CancellationToken cancellationToken)
    {
        var host = name.Trim('[', ']');
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await resolve(host, cancellationToken);
        if (!IsAllowed(host, port)) addresses = [.. addresses.Where(PublicAddresses.Contains)];
        return addresses.Length > 0 ? addresses : throw new AddressDeniedException(host);
    }

    private bool IsAllowed(string host, int port) => allowed.Contains(host) || allowed.Contains($"{host}:{port}");

    private async Task<Stream> ConnectAsync(DnsEndPoint target, CancellationToken cancellationToken)
    {
        var addresses = await ResolveAsync(target.Host, target.Port, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, target.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>The host has no address that may be reached. What its addresses are is not told.</summary>
internal sealed class AddressDeniedException(string host) : Exception(
    $"The host '{host}' has no public address; {nameof(WebOptions.AllowedHosts)} may allow it.");
