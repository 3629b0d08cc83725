using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace ToolRuntime.Gateway.Tests;

/// <summary>A client over a real socket. What arrives is kept in order; answers are found by id.</summary>
internal sealed class WireClient : IAsyncDisposable
{
    private readonly ClientWebSocket socket;
    private readonly Channel<JsonElement> inbox = Channel.CreateUnbounded<JsonElement>();
    private readonly List<JsonElement> skipped = [];
    private readonly TaskCompletionSource<int> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task pump;
    private int lastId;

    private WireClient(ClientWebSocket socket)
    {
        this.socket = socket;
        pump = PumpAsync();
    }

    public JsonElement Welcome { get; private set; }

    /// <summary>The code that the server closed with.</summary>
    public Task<int> Closed => closed.Task.WaitAsync(World.Patience);

    public static async Task<WireClient> ConnectAsync(World world, Action<ClientWebSocketOptions>? configure = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("toolruntime.v1");
        configure?.Invoke(socket.Options);
        using var patience = new CancellationTokenSource(World.Patience);
        await socket.ConnectAsync(world.WebSocketAddress, patience.Token);
        var client = new WireClient(socket);
        client.Welcome = await client.NextAsync();
        return client;
    }

    /// <summary>Connects; null if the server lets nobody in so.</summary>
    public static async Task<WireClient?> TryConnectAsync(ClientWebSocket socket, Uri address)
    {
        using var patience = new CancellationTokenSource(World.Patience);
        await socket.ConnectAsync(address, patience.Token);
        var client = new WireClient(socket);
        if (!await client.inbox.Reader.WaitToReadAsync(patience.Token))
        {
            await client.DisposeAsync();
            return null;
        }

        client.Welcome = await client.NextAsync();
        return client;
    }

    public Task SendAsync(string text, WebSocketMessageType type = WebSocketMessageType.Text) => socket.SendAsync(Encoding.UTF8.GetBytes(text), type, true, CancellationToken.None);

    /// <summary>The next frame, whatever it is.</summary>
    public async Task<JsonElement> NextAsync()
    {
        if (skipped.Count > 0)
        {
            var frame = skipped[0];
            skipped.RemoveAt(0);
            return frame;
        }

        using var patience = new CancellationTokenSource(World.Patience);
        return await inbox.Reader.ReadAsync(patience.Token);
    }

    /// <summary>The next frame of a type; others stay for later.</summary>
    public Task<JsonElement> NextAsync(string type) => NextAsync(frame => frame.GetProperty("type").GetString() == type);

    /// <summary>Sends a command and waits for its answer; <paramref name="fields"/> are JSON members.</summary>
    public async Task<JsonElement> AskAsync(string type, string fields = "", string? id = null)
    {
        id ??= $"c{++lastId}";
        await SendAsync($$"""{"id":"{{id}}","type":"{{type}}"{{(fields.Length > 0 ? "," : "")}}{{fields}}}""");
        return await AnswerAsync(id);
    }

    /// <summary>The answer to a command that was sent.</summary>
    public Task<JsonElement> AnswerAsync(string id) => NextAsync(frame => frame.TryGetProperty("id", out var answered) && answered.GetString() == id);

    /// <summary>Opens a session and gives the ack's result.</summary>
    public async Task<JsonElement> OpenAsync(string session, string fields = "")
    {
        var answer = await AskAsync("session.open", $"\"session\":\"{session}\"{(fields.Length > 0 ? "," : "")}{fields}");
        Assert.Equal("ack", answer.GetProperty("type").GetString());
        return answer.GetProperty("result");
    }

    /// <summary>Events frames until one reaches <paramref name="seq"/>; checks that each follows on the one before.</summary>
    public async Task<List<JsonElement>> EventsAsync(long after, long seq)
    {
        var events = new List<JsonElement>();
        while (after < seq)
        {
            var frame = await NextAsync("events");
            Assert.Equal(after, frame.GetProperty("after").GetInt64());
            after = frame.GetProperty("seq").GetInt64();
            events.AddRange(frame.GetProperty("events").EnumerateArray());
        }

        Assert.Equal(seq, after);
        return events;
    }

    public async ValueTask DisposeAsync()
    {
        socket.Abort();
        await pump;
        socket.Dispose();
    }

    public async Task<JsonElement> NextAsync(Func<JsonElement, bool> wanted)
    {
        var at = skipped.FindIndex(frame => wanted(frame));
        if (at >= 0)
        {
            var frame = skipped[at];
            skipped.RemoveAt(at);
            return frame;
        }

        using var patience = new CancellationTokenSource(World.Patience);
        while (true)
        {
            var frame = await inbox.Reader.ReadAsync(patience.Token);
            if (wanted(frame)) return frame;
            skipped.Add(frame);
        }
    }

    private async Task PumpAsync()
    {
        var buffer = new byte[65_536];
        try
        {
            while (true)
            {
                using var message = new MemoryStream();
                WebSocketReceiveResult part;
                do
                {
                    part = await socket.ReceiveAsync(buffer, CancellationToken.None);
                    message.Write(buffer, 0, part.Count);
                }
                while (!part.EndOfMessage);
                if (part.MessageType == WebSocketMessageType.Close) break;
                inbox.Writer.TryWrite(JsonDocument.Parse(message.ToArray()).RootElement.Clone());
            }

            closed.TrySetResult((int)socket.CloseStatus!.Value);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", CancellationToken.None);
        }
        catch (Exception exception) when (exception is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            closed.TrySetException(exception);
            _ = closed.Task.Exception;
        }

        inbox.Writer.TryComplete();
    }
}
