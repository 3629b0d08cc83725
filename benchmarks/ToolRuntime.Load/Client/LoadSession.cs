using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ToolRuntime.Load.Client;

/// <summary>A session as one connection has it open. One step at a time; output goes to <see cref="Output"/>.</summary>
internal sealed class LoadSession(LoadConnection connection, string name)
{
    private LoadConnection connection = connection;
    private volatile Step step = new();
    private (long Seq, TaskCompletionSource<long> Reached)? target;

    public string Name => name;

    public string Epoch { get; private set; } = "";

    /// <summary>The last seq received.</summary>
    public long Cursor { get; private set; }

    /// <summary>Whether what runs outlives the connection, as <see cref="BackAsync"/> goes on at another.</summary>
    public bool Lasts { get; init; }

    /// <summary>Takes every <c>tool.output</c>.</summary>
    public EventHandler? Output { get; set; }

    public static async Task<LoadSession> OpenAsync(LoadConnection connection, string name)
    {
        var session = new LoadSession(connection, name);
        await session.OpenAsync();
        return session;
    }

    /// <summary>Opens the session with a snapshot and returns the answer.</summary>
    public async Task<Answer> OpenAsync()
    {
        var answer = await connection.CommandAsync($"\"type\":\"session.open\",\"session\":\"{name}\"");
        using var result = JsonDocument.Parse(answer.Json);
        (Epoch, Cursor) = (result.RootElement.GetProperty("epoch").GetString()!, result.RootElement.GetProperty("after").GetInt64());
        connection.Attach(this);
        return answer;
    }

    /// <summary>Opens the session after a cursor and completes, with the time, when everything up to <paramref name="head"/> has come.</summary>
    public async Task<long> ResumeAsync(string epoch, long after, long head)
    {
        (Epoch, Cursor) = (epoch, after);
        var reached = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        target = (head, reached);
        connection.Attach(this);
        await OpenAfterAsync();
        return await reached.Task;
    }

    /// <summary>Goes on where it was, on another connection.</summary>
    public async Task BackAsync(LoadConnection other)
    {
        connection = other;
        connection.Attach(this);
        await OpenAfterAsync();
    }

    public Task<Answer> CloseAsync()
    {
        connection.Detach(this);
        return connection.CommandAsync($"\"type\":\"session.close\",\"session\":\"{name}\"");
    }

    /// <summary>Runs a batch and completes when its end has come.</summary>
    /// <param name="calls">The calls, JSON.</param>
    /// <param name="more">Further members of the command, JSON, beginning with a comma.</param>
    public Task<Step> RunAsync(string calls, string more = "") => StepAsync($"\"type\":\"tools.run\",\"session\":\"{name}\",\"calls\":[{calls}]{more}");

    /// <summary>Sends a message and completes when its reply has ended.</summary>
    public Task<Step> SendAsync(string text) => StepAsync($"\"type\":\"message.send\",\"session\":\"{name}\",\"text\":\"{JsonEncodedText.Encode(text)}\"");

    public void Take(FrameParser.Head head, ReadOnlySpan<byte> frame, long receivedAt)
    {
        if (head.Seq <= Cursor) return;
        if (head.After != Cursor) Fail(new InvalidOperationException($"{name}: a frame after {head.After} at cursor {Cursor}."));
        FrameParser.ReadEvents(frame[head.EventsAt..], receivedAt, Take);
        Cursor = head.Seq;
        if (target is { } wanted && Cursor >= wanted.Seq) wanted.Reached.TrySetResult(receivedAt);
    }

    public void Lost(Exception exception)
    {
        if (!Lasts) Fail(exception);
    }

    /// <summary>Follows what is begun next, whoever begins it.</summary>
    public Step Follow()
    {
        var next = new Step { SentAt = Stopwatch.GetTimestamp() };
        step = next;
        return next;
    }

    public void Fail(Exception exception)
    {
        step.Fail(exception);
        target?.Reached.TrySetException(exception);
    }

    private async Task OpenAfterAsync()
    {
        var cursor = string.Create(CultureInfo.InvariantCulture, $"{{\"epoch\":\"{Epoch}\",\"seq\":{Cursor}}}");
        var answer = await connection.CommandAsync($"\"type\":\"session.open\",\"session\":\"{name}\",\"after\":{cursor}");
        using var result = JsonDocument.Parse(answer.Json);
        if (!result.RootElement.GetProperty("recovered").GetBoolean()) throw new InvalidOperationException($"{name}: the events after {Cursor} are not to be had.");
    }

    private async Task<Step> StepAsync(string command)
    {
        var next = Follow();
        var answered = connection.CommandAsync(command);
        if (await Task.WhenAny(answered, next.Ended) == answered) await answered;
        await next.Ended;
        await answered;
        return next;
    }

    private void Take(in EventView happened)
    {
        if (happened.Is("tool.output"u8)) Output?.Invoke(in happened);
        step.Take(in happened);
    }
}
