using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Stores.Redis;

/// <summary>Where and how <see cref="RedisSessionLog"/> stores; section <c>ToolRuntime:Redis</c>.</summary>
public sealed class RedisSessionLogOptions
{
    /// <summary>
    /// The server, or some of a cluster's, in StackExchange.Redis' form: <c>host:port[,host:port][,user=..,password=..,ssl=true]</c>.
    /// Redis 7.0 or newer. Default <c>localhost:6379</c>.
    /// </summary>
    [Required]
    public string Configuration { get; set; } = "localhost:6379";

    /// <summary>What all keys begin with; without braces, which are Redis Cluster's. Default <c>toolruntime:</c>.</summary>
    [Required(AllowEmptyStrings = true), RegularExpression("[^{}]*")]
    public string KeyPrefix { get; set; } = "toolruntime:";

    /// <summary>
    /// How long a command may take before it fails as unavailable, milliseconds. Whether a write took place is unknown then. Default
    /// 2,000.
    /// </summary>
    [Range(100, 60_000)]
    public int TimeoutMs { get; set; } = 2_000;

    /// <summary>How long connecting may take, at the start and again after a fault, milliseconds. Default 5,000.</summary>
    [Range(100, 60_000)]
    public int ConnectTimeoutMs { get; set; } = 5_000;

    /// <summary>Replicas that must have a write before it counts as durable (<c>WAIT</c>). Default 0: the master alone.</summary>
    [Range(0, 16)]
    public int Replicas { get; set; }

    /// <summary>
    /// Whether a write must be on the master's disk, and on that of <see cref="Replicas"/> replicas, before it counts as durable
    /// (<c>WAITAOF</c>), whatever <c>appendfsync</c> is. Takes Redis 7.2 and <c>appendonly yes</c>; refused at the start otherwise.
    /// Default false: what <c>appendfsync</c> says.
    /// </summary>
    public bool Fsync { get; set; }

    /// <summary>
    /// How long to wait for <see cref="Replicas"/> and <see cref="Fsync"/>, milliseconds; after that the write is in doubt. Below
    /// <see cref="TimeoutMs"/>. Default 1,000.
    /// </summary>
    [Range(1, 60_000)]
    public int ReplicationTimeoutMs { get; set; } = 1_000;

    /// <summary>
    /// After how long without a change a session without open work is removed with all it holds. At least a second. Default none:
    /// sessions stay until they are deleted. Sessions with open work never go.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "3650.00:00:00")]
    public TimeSpan? ExpireIdleAfter { get; set; }

    /// <summary>
    /// Whether erasing and deleting have the server rewrite its files, so that nothing stays in them (<c>BGREWRITEAOF</c>,
    /// <c>BGSAVE</c>). Where the user may not do that set it to false: what was erased then stays in the files until the server rewrites
    /// them by itself. Default true.
    /// </summary>
    public bool RewriteToErase { get; set; } = true;

    /// <summary>
    /// Who opens logs here, for <c>ListOpenWorkOfAsync</c>: a silo's address with its incarnation. Default the machine's name, the
    /// process's id and when it began.
    /// </summary>
    [Required]
    public string Holder { get; set; } = $"{Environment.MachineName}:{Environment.ProcessId}@{Environment.TickCount64:x}";
}
