using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;

namespace ToolRuntime.Load.Client;

/// <summary>The answer to a command: the ack's result as JSON.</summary>
internal sealed record Answer(string Json, long ReceivedAt);

/// <summary>One WebSocket connection. Checks that every frame follows on the one before it.</summary>
internal sealed class LoadConnection : IAsyncDisposable
{
    private readonly ClientWebSocket socket = new();
    private readonly SemaphoreSlim sending = new(1);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Answer>> answers = new();
    private readonly ConcurrentDictionary<string, LoadSession> sessions = new();
    private readonly ConcurrentDictionary<string, LoadSession>.AlternateLookup<ReadOnlySpan<char>> sessionsByName;
    private Task receiving = Task.CompletedTask;

    private LoadConnection()
    {
        sessionsByName = sessions.GetAlternateLookup<ReadOnlySpan<char>>();
        socket.Options.AddSubProtocol("toolruntime.v1");
        socket.Options.KeepAliveInterval = TimeSpan.Zero;
    }

    public long BytesReceived { get; private set; }

    /// <summary>Completes when the connection has ended, for whatever reason.</summary>
    public Task Ended => receiving;

    public static async Task<LoadConnection> OpenAsync(Uri address)
    {
        var connection = new LoadConnection();
        await connection.socket.ConnectAsync(address, CancellationToken.None);
        connection.receiving = Task.Run(connection.ReceiveAsync);
        return connection;
    }

    public void Attach(LoadSession session) => sessions[session.Name] = session;

    public void Detach(LoadSession session) => sessions.TryRemove(session.Name, out _);

    /// <summary>Sends a command and waits for its ack. <paramref name="members"/> is what stands beside <c>id</c>, as JSON.</summary>
    /// <param name="id">The command's id; the same again repeats a command.</param>
    public async Task<Answer> CommandAsync(string members, string? id = null)
    {
        id ??= Guid.NewGuid().ToString("N");
        var answer = new TaskCompletionSource<Answer>(TaskCreationOptions.RunContinuationsAsynchronously);
        answers[id] = answer;
        var command = Encoding.UTF8.GetBytes($"{{\"id\":\"{id}\",{members}}}");
        await sending.WaitAsync();
        try
        {
            await socket.SendAsync(command, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        finally
        {
            sending.Release();
        }

        // One that was sent after the end would never be answered.
        if (await Task.WhenAny(answer.Task, receiving) == receiving) answer.TrySetException(new IOException("The connection has ended."));
        return await answer.Task;
    }

    public async ValueTask DisposeAsync()
    {
        socket.Abort();
        await receiving;
        socket.Dispose();
        sending.Dispose();
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[128 * 1024];
        try
        {
            for (var length = 0; ;)
            {
                if (length == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
                var received = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close) throw new IOException($"The server closed: {socket.CloseStatus} {socket.CloseStatusDescription}");
                length += received.Count;
                if (!received.EndOfMessage) continue;
                BytesReceived += length;
                Take(buffer.AsSpan(0, length), Stopwatch.GetTimestamp());
                length = 0;
            }
        }
        catch (Exception exception)
        {
            var lost = new IOException("The connection has ended.", exception);
            foreach (var answer in answers.Values) answer.TrySetException(lost);
            foreach (var session in sessions.Values) session.Lost(exception);
        }
    }

    private void Take(ReadOnlySpan<byte> frame, long receivedAt)
    {
        var head = FrameParser.ReadHead(frame);
        if (head.Type.SequenceEqual("events"u8))
        {
            Span<char> name = stackalloc char[64];
            if (sessionsByName.TryGetValue(name[..Encoding.UTF8.GetChars(head.Session, name)], out var session)) session.Take(head, frame, receivedAt);
        }
        else if (head.Type.SequenceEqual("ack"u8))
        {
            if (answers.TryRemove(Encoding.UTF8.GetString(head.Id), out var answer)) answer.SetResult(new(Encoding.UTF8.GetString(head.Result), receivedAt));
        }
        else if (head.Type.SequenceEqual("error"u8) && answers.TryRemove(Encoding.UTF8.GetString(head.Id), out var answer))
        {
            answer.SetException(new InvalidOperationException(Encoding.UTF8.GetString(head.Error)));
        }
    }
}
