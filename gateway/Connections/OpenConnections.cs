namespace ToolRuntime.Gateway.Connections;

/// <summary>Who is connected to this gateway, and which sessions each has open.</summary>
internal sealed class OpenConnections(ConnectionRegistry sockets, OpenStreams streams)
{
    /// <summary>This gateway's name for itself: the machine and the process.</summary>
    public string Gateway { get; } = $"{Environment.MachineName}-{Environment.ProcessId}";

    /// <summary>All of them, in the order of tenant, subject and id.</summary>
    public IEnumerable<OpenConnection> List() => sockets.All
        .Select(socket => new OpenConnection(socket.Id, "websocket", socket.Identity.Tenant, socket.Identity.Subject, socket.Identity.KeyId, socket.Since, socket.Sessions.Names))
        .Concat(streams.All.Select(stream => new OpenConnection(stream.Id, "sse", stream.Session.Tenant, stream.Subject, stream.KeyId, stream.Since, [stream.Session.Session])))
        .OrderBy(one => one.Tenant, StringComparer.Ordinal).ThenBy(one => one.Subject, StringComparer.Ordinal).ThenBy(one => one.Id, StringComparer.Ordinal);
}

/// <summary>A WebSocket or an event stream.</summary>
internal sealed record OpenConnection(string Id, string Transport, string Tenant, string Subject, string? KeyId, DateTimeOffset Since, IReadOnlyList<string> Sessions);
