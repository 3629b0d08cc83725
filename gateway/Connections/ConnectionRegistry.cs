using System.Collections.Concurrent;

namespace ToolRuntime.Gateway.Connections;

/// <summary>The connections of this gateway; knows when it stops.</summary>
internal sealed class ConnectionRegistry(ConnectionOptions options)
{
    private readonly ConcurrentDictionary<string, Connection> connections = new();
    private volatile bool draining;
    private volatile bool closing;

    public int Count => connections.Count;

    /// <summary>Those there are now.</summary>
    public IEnumerable<Connection> All => connections.Values;

    /// <summary>Whether the gateway takes no more connections because it stops.</summary>
    public bool Draining => draining;

    /// <summary>Whether there are as many as allowed.</summary>
    public bool Full => connections.Count >= options.MaxConnections;

    public void Add(Connection connection)
    {
        connections[connection.Id] = connection;
        if (closing) Close(connection);
    }

    public void Remove(Connection connection) => connections.TryRemove(connection.Id, out _);

    /// <summary>Takes no more connections.</summary>
    public void BeginDrain() => draining = true;

    /// <summary>Tells every connection that it will close and when to come back, spread over a while; then closes it.</summary>
    public void Drain()
    {
        (draining, closing) = (true, true);
        foreach (var connection in connections.Values) Close(connection);
    }

    private static void Close(Connection connection)
    {
        connection.Outbox.Signal(ServerFrames.Closing("going away", Random.Shared.Next(100, 1_000)));
        connection.Outbox.RequestClose(CloseCode.GoingAway, "going away");
    }
}
