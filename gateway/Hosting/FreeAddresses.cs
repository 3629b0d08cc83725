using System.Net;
using System.Net.Sockets;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Silo.Hosting;

namespace ToolRuntime.Gateway.Hosting;

/// <summary>
/// Refuses addresses that somebody else listens on before anything is started. Kestrel binds last of all; the silo that runs by then would
/// be stopped half-started, which Orleans logs as errors of its own.
/// </summary>
internal static class FreeAddresses
{
    /// <param name="urls">Addresses as given to <c>--urls</c>.</param>
    public static void Check(string? urls)
    {
        foreach (var url in (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var address = BindingAddress.Parse(url);
            if (address.IsUnixPipe || address.IsNamedPipe || address.Port == 0) continue;
            if (Hosts(address.Host.Trim('[', ']')).Any(host => IsTaken(host, address.Port)))
            {
                throw new StartupRefusedException(
                    $"Failed to bind to address {url}: address already in use. Choose another address with --urls.");
            }
        }
    }

    private static IPAddress[] Hosts(string host) =>
        IPAddress.TryParse(host, out var one) ? [one]
        : host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? [IPAddress.Loopback, IPAddress.IPv6Loopback]
        : [IPAddress.Any];

    private static bool IsTaken(IPAddress host, int port)
    {
        using var socket = new Socket(host.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(host, port));
            return false;
        }
        catch (SocketException refused)
        {
            return refused.SocketErrorCode == SocketError.AddressAlreadyInUse; // anything else is Kestrel's to say
        }
    }
}
