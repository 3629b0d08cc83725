using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace ToolRuntime.Silo.Clustering;

/// <summary>Where a silo is, as it is told.</summary>
internal static class SiloAddresses
{
    /// <summary>Kubernetes' name for a pod's address, as the manifest passes it on.</summary>
    public const string PodAddress = "POD_IP";

    /// <summary>
    /// The address that is set; of a name the first of its addresses that this machine has; of a pod its own. Null where there is none.
    /// </summary>
    public static IPAddress? Find(ClusterHostOptions options)
    {
        var text = options.Kubernetes && Environment.GetEnvironmentVariable(PodAddress) is { Length: > 0 } pod ? pod : options.Address;
        return IPAddress.TryParse(text, out var address) ? address : Resolve(text);
    }

    private static IPAddress? Resolve(string name)
    {
        try
        {
            var mine = NetworkInterface.GetAllNetworkInterfaces()
                .SelectMany(card => card.GetIPProperties().UnicastAddresses).Select(one => one.Address).ToHashSet();
            return Dns.GetHostAddresses(name)
                .OrderBy(address => address.AddressFamily != AddressFamily.InterNetwork).FirstOrDefault(mine.Contains);
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            return null; // nobody knows it
        }
    }
}
