using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Silo.Clustering;

/// <summary>How this process is one of a cluster; section <c>ToolRuntime:Cluster</c>. Counts only with <c>--redis</c>.</summary>
public sealed class ClusterHostOptions
{
    /// <summary>Where these are configured.</summary>
    public const string Section = "ToolRuntime:Cluster";

    /// <summary>The name of the option that says where Redis is.</summary>
    public const string Redis = "redis";

    /// <summary>The cluster's name; several may share a Redis. Silos and gateways of one cluster have the same. Default
    /// toolruntime.</summary>
    [RegularExpression("[A-Za-z0-9][A-Za-z0-9._-]{0,63}", ErrorMessage = "Id must be 1 to 64 letters, digits, '.', '_' or '-', the first a letter or digit.")]
    public string Id { get; set; } = "toolruntime";

    /// <summary>The address of this machine at which silos and gateways reach this silo, or a name of it. Any but a loopback one needs
    /// certificates, or PrivateNetwork.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>The port for other silos. Default 0: a free one.</summary>
    [Range(0, 65_535)]
    public int SiloPort { get; set; }

    /// <summary>The port for gateways and other clients of the cluster. Default 0: a free one.</summary>
    [Range(0, 65_535)]
    public int GatewayPort { get; set; }

    /// <summary>The pools that this silo is in: silos for tools that not every one can run (ToolRuntime:Tools:..:Pool). Default none.</summary>
    public IList<string> Pools { get; } = [];

    /// <summary>Says that only the cluster's own processes can reach the ports of silos, so that they may be open on other addresses
    /// without certificates. Default false.</summary>
    public bool PrivateNetwork { get; set; }

    /// <summary>Whether this silo is a pod of Kubernetes: its name and address are the pod's (POD_NAME, POD_NAMESPACE, POD_IP), and silos whose
    /// pods are gone are declared dead at once. Default false.</summary>
    public bool Kubernetes { get; set; }

    /// <summary>A PEM file with this process's certificate; read again when it changes.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>A PEM file with the certificate's key. Default the certificate's own file.</summary>
    public string? KeyFile { get; set; }

    /// <summary>A PEM file with the authorities whose certificates silos and gateways must show; read again when it changes.</summary>
    public string? AuthorityFile { get; set; }

    /// <summary>The address at which browsers reach this gateway, such as https://eu1.example.com. Default the one that it listens
    /// on.</summary>
    public Uri? PublicUrl { get; set; }
}
