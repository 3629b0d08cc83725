using System.Net.WebSockets;

namespace ToolRuntime.Gateway.Connections;

/// <summary>Receives whole text messages; holds no memory while nothing comes.</summary>
internal sealed class ConnectionReader(WebSocket socket, ConnectionOptions options)
{
    /// <summary>The next message, or why there is none.</summary>
    public async Task<Received> ReceiveAsync(CancellationToken cancellationToken)
    {
        var first = await socket.ReceiveAsync(Memory<byte>.Empty, cancellationToken);
        if (first.MessageType == WebSocketMessageType.Close) return Received.Closed;
        if (first.MessageType == WebSocketMessageType.Binary) return Received.Binary;
        if (first.EndOfMessage) return Received.Text([]);
        using var buffer = new FrameBuffer();
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.GetMemory(), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close) return Received.Closed;
            if (part.MessageType == WebSocketMessageType.Binary) return Received.Binary;
            buffer.Advance(part.Count);
            if (buffer.Length > options.MaxReadBytes) return Received.Unreadable;
            if (part.EndOfMessage) return Received.Text(buffer.Written.ToArray());
        }
    }

    /// <summary>Throws away what still comes, until the peer's close frame: a socket closed on unread bytes would lose ours.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        using var buffer = new FrameBuffer();
        var memory = buffer.GetMemory();
        while (socket.State is WebSocketState.Open or WebSocketState.CloseSent)
        {
            if ((await socket.ReceiveAsync(memory, cancellationToken)).MessageType == WebSocketMessageType.Close) return;
        }
    }
}

/// <summary>What came over a socket.</summary>
internal readonly record struct Received(ReceivedKind Kind, byte[] Bytes)
{
    public static Received Closed { get; } = new(ReceivedKind.Closed, []);

    public static Received Binary { get; } = new(ReceivedKind.Binary, []);

    public static Received Unreadable { get; } = new(ReceivedKind.Unreadable, []);

    public static Received Text(byte[] bytes) => new(ReceivedKind.Text, bytes);
}

/// <summary>The kinds of <see cref="Received"/>.</summary>
internal enum ReceivedKind
{
    /// <summary>A whole text message.</summary>
    Text,

    /// <summary>A binary one, of which nothing is kept.</summary>
    Binary,

    /// <summary>More than the server reads.</summary>
    Unreadable,

    /// <summary>The peer's close frame.</summary>
    Closed,
}
