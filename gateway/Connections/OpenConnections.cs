namespace ToolRuntime.Gateway.Connections;

/// <summary>Who is connected to this gateway, and which sessions each has open.</summary>
internal sealed class OpenConnections(ConnectionRegistry sockets, OpenStreams streams)
{
    /// <summary>This gateway's name for itself: the machine and the process.</summary>
    public string Gateway { get; } = $"{Environment.MachineName}-{Environment.ProcessId}";

    /// <summary>Those that are asked for, in the order of tenant, subject and id.</summary>
    public OpenConnectionList List(ConnectionQuery query)
    {
        var wanted = All().Where(query.Wants).Order(OpenConnection.InOrder).ToList();
        return new(Gateway, wanted.Count, [.. wanted.Take(query.Limit)]);
    }

    private IEnumerable<OpenConnection> All() => sockets.All
        .Select(socket => new OpenConnection(Gateway, socket.Id, "websocket", socket.Identity.Tenant, socket.Identity.Subject, socket.Identity.KeyId, socket.Since, socket.Sessions.Names))
        .Concat(streams.All.Select(stream => new OpenConnection(Gateway, stream.Id, "sse", stream.Session.Tenant, stream.Subject, stream.KeyId, stream.Since, [stream.Session.Session])));
}

/// <summary>Which connections to list, and at most how many.</summary>
internal sealed record ConnectionQuery(string? Tenant, string? Session, int Limit)
{
    public bool Wants(OpenConnection one) => (Tenant is null || one.Tenant == Tenant) && (Session is null || one.Sessions.Contains(Session));
}

/// <summary>What a gateway says of its connections.</summary>
/// <param name="Gateway">Its name for itself.</param>
/// <param name="Total">How many were asked for.</param>
/// <param name="Connections">The first of them.</param>
internal sealed record OpenConnectionList(string Gateway, int Total, IReadOnlyList<OpenConnection> Connections);

/// <summary>A WebSocket or an event stream.</summary>
internal sealed record OpenConnection(string Gateway, string Id, string Transport, string Tenant, string Subject, string? KeyId, DateTimeOffset Since, IReadOnlyList<string> Sessions)
{
    public static Comparer<OpenConnection> InOrder { get; } = Comparer<OpenConnection>.Create((one, other) =>
        string.CompareOrdinal(one.Tenant, other.Tenant) is var tenant and not 0 ? tenant
        : string.CompareOrdinal(one.Subject, other.Subject) is var subject and not 0 ? subject
        : string.CompareOrdinal(one.Id, other.Id));
}
