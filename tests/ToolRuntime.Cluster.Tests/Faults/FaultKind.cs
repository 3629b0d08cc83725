namespace ToolRuntime.Cluster.Tests.Faults;

/// <summary>What may befall a cluster.</summary>
internal enum FaultKind
{
    /// <summary><c>kill -9</c> of a silo; another one starts a while after.</summary>
    SiloKilled,

    /// <summary>SIGTERM to a silo; another one starts after it has ended.</summary>
    SiloStopped,

    /// <summary>A silo stands still for longer than its lease, and goes on when the others have declared it dead.</summary>
    SiloHung,

    /// <summary>A silo stands still for less than that.</summary>
    SiloPaused,

    /// <summary>A silo's connections to Redis break and no new one comes up; the others' do.</summary>
    SiloCutOff,

    /// <summary>The same, but that nobody tells it.</summary>
    SiloUnheard,

    /// <summary>The watchdog of a silo's processes is killed.</summary>
    WatchdogKilled,

    /// <summary>A process of a tool is killed.</summary>
    ToolKilled,

    /// <summary><c>kill -9</c> of a gateway; the next one starts at once.</summary>
    GatewayKilled,

    /// <summary>SIGTERM to a gateway; the next one starts when it has ended.</summary>
    GatewayStopped,

    /// <summary>A gateway stands still for some seconds.</summary>
    GatewayPaused,

    /// <summary>A gateway's connections to Redis break and no new one comes up for a while.</summary>
    GatewayCutOff,

    /// <summary>What is published does not come to a gateway for a while, whose last item nothing follows.</summary>
    PublishedLost,

    /// <summary>All connections are reset: those of all to Redis, and those of all clients.</summary>
    ConnectionsReset,

    /// <summary>Redis is killed, and started on its append-only file.</summary>
    RedisKilled,

    /// <summary>Redis stands still for some seconds.</summary>
    RedisPaused,

    /// <summary>Somebody else has opened a session's log for writing: two silos believe that they own it.</summary>
    SessionTaken,

    /// <summary>Redis is killed, and started on an older copy of its append-only file; only where it may lose something.</summary>
    RedisRolledBack,
}
