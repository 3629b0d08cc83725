using System.Net;
using System.Net.Sockets;
using ToolRuntime.Silo.Hosting;

namespace ToolRuntime.Silo.Clustering;

/// <summary>Ports for a silo that is told none. They lie below those that the system gives to outgoing connections, which could take one
/// away before it is used.</summary>
internal static class SiloPorts
{
    private const int First = 12_000;
    private const int Count = 18_000;
    private const int Tries = 100;

    /// <summary>The silo's endpoints; a port of 0 becomes a free one.</summary>
    public static (IPEndPoint Silo, IPEndPoint Gateway) Choose(IPAddress address, ClusterHostOptions options)
    {
        var silo = options.SiloPort == 0 ? Free(address, options.GatewayPort) : Given(address, options.SiloPort, nameof(options.SiloPort));
        var gateway = options.GatewayPort == 0 ? Free(address, silo) : Given(address, options.GatewayPort, nameof(options.GatewayPort));
        return (new(address, silo), new(address, gateway));
    }

    private static int Given(IPAddress address, int port, string setting) => IsFree(address, port)
        ? port
        : throw new StartupRefusedException($"{ClusterHostOptions.Section}:{setting}: {new IPEndPoint(address, port)} can't be listened on; 0 chooses a free port.");

    private static int Free(IPAddress address, int except)
    {
        for (var tried = 0; tried < Tries; tried++)
        {
            var port = Random.Shared.Next(First, First + Count);
            if (port != except && IsFree(address, port)) return port;
        }

        throw new StartupRefusedException($"No free port was found on {address}.");
    }

    private static bool IsFree(IPAddress address, int port)
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
