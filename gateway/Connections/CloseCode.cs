namespace ToolRuntime.Gateway.Connections;

/// <summary>Why the server closes a WebSocket: 4000-4499 ask the client to come back, 4500-4999 not to.</summary>
internal enum CloseCode
{
    /// <summary>The client closed.</summary>
    Normal = 1000,

    /// <summary>The server stops.</summary>
    GoingAway = 4000,

    /// <summary>A cursor of this connection can't be served any more; opening again gives a snapshot.</summary>
    PositionLost = 4001,

    /// <summary>The connection did not authenticate in time.</summary>
    TooSlow = 4008,

    /// <summary>This gateway holds as many connections as it may.</summary>
    TooManyConnections = 4029,

    /// <summary>The client does not speak the protocol.</summary>
    ProtocolError = 4500,

    /// <summary>No usable credentials.</summary>
    Unauthenticated = 4501,

    /// <summary>The credentials do not allow a connection.</summary>
    Forbidden = 4503,

    /// <summary>The credentials ran out.</summary>
    TokenExpired = 4505,

    /// <summary>A message beyond what the server reads at all.</summary>
    TooLarge = 4513,
}
