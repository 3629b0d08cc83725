namespace ToolRuntime.Load.Server;

/// <summary>Gateways that run already, wherever they are; of their processes nothing is known.</summary>
internal sealed class RemoteServers(IReadOnlyList<Uri> addresses) : IServers
{
    public IReadOnlyList<Uri> Sockets { get; } = [.. addresses.Select(Socket)];

    public TimeSpan CpuTime => TimeSpan.Zero;

    public long ResidentBytes => 0;

    public string Log => "";

    /// <summary>The WebSocket of a gateway's address.</summary>
    public static Uri Socket(Uri address) => new(new UriBuilder(address) { Scheme = address.Scheme == "https" ? "wss" : "ws" }.Uri, "v1/ws");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
