using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using ToolRuntime.Blobs;
using ToolRuntime.Events;

namespace ToolRuntime.Tools.Tests.Support;

/// <summary>An attempt's context that keeps what the tool does.</summary>
internal sealed class FakeToolContext(string workspace) : IToolContext
{
    private readonly Lock gate = new();
    private readonly Dictionary<OutputStream, MemoryStream> output = [];
    private readonly List<Action<bool>> suspensions = [];
    private readonly List<(string Stage, double? Percent, JsonText? Details)> progress = [];
    private readonly List<(string Name, byte[] Bytes)> published = [];
    private readonly Channel<byte[]> input = Channel.CreateUnbounded<byte[]>();
    private readonly Channel<bool> written = Channel.CreateUnbounded<bool>();

    public SessionKey Session { get; } = new("dev", "s1");

    public string ExecutionId => "e1";

    public string BatchId { get; init; } = "b1";

    public int Attempt => 1;

    public DateTimeOffset Deadline => DateTimeOffset.MaxValue;

    public string Workspace { get; } = workspace;

    public ToolCounters Counters { get; } = new();

    /// <summary>What was told so far; tools tell it on threads of theirs.</summary>
    public IReadOnlyList<(string Stage, double? Percent, JsonText? Details)> Progress => Copy(progress);

    /// <summary>What was published: names and bytes.</summary>
    public IReadOnlyList<(string Name, byte[] Bytes)> Published => Copy(published);

    /// <summary>What an output write waits for; null takes it at once.</summary>
    public Func<CancellationToken, Task>? HoldOutput { get; set; }

    /// <summary>Whether a client may send input; else the input is at its end.</summary>
    public bool HasInput { get; init; }

    public string Text(OutputStream stream = OutputStream.Stdout)
    {
        lock (gate) return output.TryGetValue(stream, out var bytes) ? Encoding.UTF8.GetString(bytes.ToArray()) : "";
    }

    public byte[] Bytes(OutputStream stream = OutputStream.Stdout)
    {
        lock (gate) return output.TryGetValue(stream, out var bytes) ? bytes.ToArray() : [];
    }

    /// <summary>Waits until a stream, stdout if none is named, holds <paramref name="text"/>.</summary>
    public async Task<string> OutputHasAsync(string text, OutputStream stream = OutputStream.Stdout)
    {
        while (!Text(stream).Contains(text, StringComparison.Ordinal))
        {
            await written.Reader.ReadAsync().AsTask().WaitAsync(Wait.Timeout);
        }

        return Text(stream);
    }

    /// <summary>Waits until a stream holds <paramref name="text"/> that many times.</summary>
    public async Task OutputHasTimesAsync(string text, int times, OutputStream stream)
    {
        while (Text(stream).Split(text).Length <= times) await written.Reader.ReadAsync().AsTask().WaitAsync(Wait.Timeout);
    }

    public void Suspend(bool suspend)
    {
        Action<bool>[] all;
        lock (gate) all = [.. suspensions];
        foreach (var changed in all) changed(suspend);
    }

    public void Send(string text) => input.Writer.TryWrite(Encoding.UTF8.GetBytes(text));

    /// <summary>What the attempt's terminal does with a control; null before there is one.</summary>
    public Func<TerminalControl, bool>? Terminal { get; private set; }

    public IDisposable OnTerminal(Func<TerminalControl, bool> apply)
    {
        Terminal = apply;
        return new Subscription(() => Terminal = null);
    }

    /// <summary>Who looks at what the terminal prints; null: nobody.</summary>
    public ITurnWatch? Turns { get; private set; }

    public void WatchTurns(ITurnWatch watch) => Turns = watch;

    public void Send(byte[] bytes) => input.Writer.TryWrite(bytes);

    public void EndInput() => input.Writer.TryComplete();

    public ValueTask ReportProgressAsync(string stage, double? percent = null, string? message = null, JsonText? details = null, CancellationToken cancellationToken = default)
    {
        lock (gate) progress.Add((stage, percent, details));
        return ValueTask.CompletedTask;
    }

    public async ValueTask WriteOutputAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            if (!output.TryGetValue(stream, out var kept)) output[stream] = kept = new();
            kept.Write(bytes.Span);
        }

        written.Writer.TryWrite(true);
        if (HoldOutput is { } hold) await hold(cancellationToken);
    }

    public async Task<PublishedBlob> PublishAsync(Stream content, string name, Action<long>? written = null, CancellationToken cancellationToken = default)
    {
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, cancellationToken);
        var head = PictureHead.Read(bytes.ToArray());
        lock (gate) published.Add((name, bytes.ToArray()));
        written?.Invoke(bytes.Length);
        return new(BlobId.New(Session, ExecutionId), new(name, head?.MediaType ?? "application/octet-stream", bytes.Length, head?.Width, head?.Height));
    }

    public ValueTask CheckpointAsync(CancellationToken cancellationToken = default) => ValueTask.CompletedTask;

    public IDisposable OnSuspend(Action<bool> changed)
    {
        lock (gate) suspensions.Add(changed);
        return new Subscription(() => { lock (gate) suspensions.Remove(changed); });
    }

    public async ValueTask<ReadOnlyMemory<byte>> ReadInputAsync(CancellationToken cancellationToken = default)
    {
        if (!HasInput || !await input.Reader.WaitToReadAsync(cancellationToken)) return default;
        return await input.Reader.ReadAsync(cancellationToken);
    }

    public static ToolCall Call(string tool, string arguments) => new(tool, JsonDocument.Parse(arguments).RootElement);

    private T[] Copy<T>(List<T> list)
    {
        lock (gate) return [.. list];
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
