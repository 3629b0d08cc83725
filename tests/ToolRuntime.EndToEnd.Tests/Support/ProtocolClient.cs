using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace ToolRuntime.EndToEnd.Tests.Support;

/// <summary>One connection of a client. What it gets of a session goes to that session's record, which outlives the connection.</summary>
internal sealed class ProtocolClient : IAsyncDisposable
{
    private readonly ClientWebSocket socket = new();
    private readonly ConcurrentDictionary<string, Pending> pending = new();
    private readonly ConcurrentDictionary<string, SessionRecord> records = new();
    private readonly TaskCompletionSource<JsonElement> welcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<JsonElement> closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<JsonElement> told = Channel.CreateUnbounded<JsonElement>();
    private readonly SemaphoreSlim sending = new(1, 1);
    private Task<int?>? receiving;
    private volatile TaskCompletionSource? held;

    /// <summary>The next frame of those that are about no session's events: notices, and the feed over sessions.</summary>
    public async Task<JsonElement> ToldAsync(Func<JsonElement, bool> wanted)
    {
        using var limit = new CancellationTokenSource(Limits.Timeout);
        while (true)
        {
            var frame = await told.Reader.ReadAsync(limit.Token);
            if (wanted(frame)) return frame;
        }
    }

    /// <summary>The frame <c>welcome</c>.</summary>
    public JsonElement Welcome => welcome.Task.Result;

    /// <summary>The frame <c>closing</c>.</summary>
    public Task<JsonElement> Closing => closing.Task.WaitAsync(Limits.Timeout);

    /// <summary>The code with which the server closed the connection; null if it was lost.</summary>
    public Task<int?> Closed => receiving!.WaitAsync(Limits.Timeout);

    /// <summary>The same, however long it takes.</summary>
    public Task<int?> Ended => receiving!;

    public static Task<ProtocolClient> ConnectAsync(Uri address) => ConnectAsync(address, Limits.Timeout);

    public static async Task<ProtocolClient> ConnectAsync(Uri address, TimeSpan within)
    {
        var client = new ProtocolClient();
        client.socket.Options.AddSubProtocol("toolruntime.v1");
        using var limit = new CancellationTokenSource(within);
        try
        {
            await client.socket.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/v1/ws" }.Uri, limit.Token);
            client.receiving = client.ReceiveAsync();
            await client.welcome.Task.WaitAsync(limit.Token);
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    /// <summary>Breaks the connection.</summary>
    public void Break() => socket.Abort();

    /// <summary>Opens a session where the record ends.</summary>
    public async Task OpenAsync(SessionRecord record)
    {
        records[record.Session] = record;
        var command = Command.Of("session.open", record.Session);
        command["after"] = record.Epoch is { } epoch ? Command.Cursor(epoch, record.Cursor, record.Proof) : "start";
        await SendAsync(command, record.Opened);
    }

    /// <summary>Opens a session from its first event.</summary>
    public async Task<SessionRecord> OpenAsync(string session)
    {
        var record = new SessionRecord(session);
        await OpenAsync(record);
        return record;
    }

    /// <summary>Sends a command and waits for its ack's result.</summary>
    /// <exception cref="CommandRefusedException">It was answered by an error.</exception>
    public Task<JsonElement> SendAsync(JsonObject command) => SendAsync(command, null);

    /// <summary>Sends a command without waiting for anything.</summary>
    public async Task PostAsync(JsonObject command)
    {
        await sending.WaitAsync();
        try
        {
            using var limit = new CancellationTokenSource(Limits.Timeout);
            await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(command), WebSocketMessageType.Text, true, limit.Token);
        }
        finally
        {
            sending.Release();
        }
    }

    /// <summary>Stops reading from the socket before the next message, until <see cref="Resume"/>.</summary>
    public void Stall() => held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Resume() => held?.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Resume();
        socket.Abort();
        if (receiving is not null) await receiving.WaitAsync(Limits.Timeout);
        socket.Dispose();
        sending.Dispose();
    }

    private async Task<JsonElement> SendAsync(JsonObject command, Action<JsonElement>? acked)
    {
        var answer = new Pending(new(TaskCreationOptions.RunContinuationsAsynchronously), acked);
        Assert.True(pending.TryAdd((string)command["id"]!, answer), "an id that no other command waits under");
        await PostAsync(command);
        // One that the other side has closed still takes what is sent.
        await Task.WhenAny(answer.Answer.Task, receiving!).WaitAsync(Limits.Timeout);
        if (!answer.Answer.Task.IsCompleted) throw new WebSocketException("The connection has ended; no answer comes.");
        return await answer.Answer.Task;
    }

    private async Task<int?> ReceiveAsync()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                if (held is { } hold) await hold.Task;
                var length = 0;
                ValueWebSocketReceiveResult part;
                do
                {
                    if (length == buffer.Length) Array.Resize(ref buffer, length * 2);
                    part = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                    length += part.Count;
                }
                while (!part.EndOfMessage);

                if (part.MessageType == WebSocketMessageType.Close) return (int?)socket.CloseStatus;
                Dispatch(JsonSerializer.Deserialize<JsonElement>(buffer.AsSpan(0, length)));
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            return null;
        }
        finally
        {
            foreach (var answer in pending.Values) answer.Answer.TrySetException(new WebSocketException("The connection ended before the answer came."));
        }
    }

    private void Dispatch(JsonElement frame)
    {
        switch (frame.GetProperty("type").GetString())
        {
            case "welcome":
                welcome.TrySetResult(frame);
                break;
            case "closing":
                closing.TrySetResult(frame);
                break;
            case "events":
                records[frame.GetProperty("session").GetString()!].Take(frame);
                break;
            case "ack" when pending.TryRemove(frame.GetProperty("id").GetString()!, out var answer):
                answer.Acked?.Invoke(frame.GetProperty("result"));
                answer.Answer.TrySetResult(frame.GetProperty("result"));
                break;
            case "error" when frame.TryGetProperty("id", out var id) && pending.TryRemove(id.GetString()!, out var answer):
                var error = frame.GetProperty("error");
                int? reconnect = error.TryGetProperty("reconnectAfterMs", out var wait) ? wait.GetInt32() : null;
                answer.Answer.TrySetException(new CommandRefusedException(error.GetProperty("code").GetString()!, error.GetProperty("message").GetString()!, reconnect));
                break;
            case "notice" or "notices.gone" or "sessions":
                told.Writer.TryWrite(frame);
                break;
        }
    }

    private sealed record Pending(TaskCompletionSource<JsonElement> Answer, Action<JsonElement>? Acked);
}
