using System.Net.WebSockets;

namespace ToolRuntime.Gateway.Tests.Live;

/// <summary>A viewer, as asciinema's player is one.</summary>
internal sealed class LiveViewing(ClientWebSocket socket) : IDisposable
{
    private readonly byte[] buffer = new byte[1 << 20];

    public static async Task<LiveViewing> OpenAsync(Uri server, string path, params string[] protocols)
    {
        var socket = new ClientWebSocket();
        foreach (var protocol in protocols.DefaultIfEmpty("v1.alis")) socket.Options.AddSubProtocol(protocol);
        using var patience = new CancellationTokenSource(World.Patience);
        await socket.ConnectAsync(new Uri($"ws{new Uri(server, path).AbsoluteUri["http".Length..]}"), patience.Token);
        return new(socket);
    }

    /// <summary>What the server closed with.</summary>
    public (int? Code, string? Reason) Closed => ((int?)socket.CloseStatus, socket.CloseStatusDescription);

    /// <summary>The next message; null when the server has closed.</summary>
    public async Task<AlisMessage?> NextAsync()
    {
        using var patience = new CancellationTokenSource(World.Patience);
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), patience.Token);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            length += part.Count;
            if (part.EndOfMessage) return AlisMessage.Read(buffer.AsSpan(0, length));
        }
    }

    /// <summary>Everything until the server closes.</summary>
    public async Task<List<AlisMessage>> RestAsync()
    {
        var messages = new List<AlisMessage>();
        while (await NextAsync() is { } message) messages.Add(message);
        return messages;
    }

    /// <summary>Reads until the text has come, in whatever pieces; gives all messages up to then.</summary>
    public async Task<List<AlisMessage>> UntilAsync(string text)
    {
        var messages = new List<AlisMessage>();
        while (!string.Concat(messages.Select(message => message.Text)).Contains(text, StringComparison.Ordinal))
            messages.Add(await NextAsync() ?? throw new InvalidOperationException($"Closed before: {Closed}"));
        return messages;
    }

    public void Dispose() => socket.Dispose();
}
