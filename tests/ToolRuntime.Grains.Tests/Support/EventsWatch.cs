using System.Text.Json;
using System.Threading.Channels;
using ToolRuntime.Events;
using ToolRuntime.Sessions;

namespace ToolRuntime.Grains.Tests.Support;

/// <summary>What a session published since it was watched, in order; a hole or a repetition fails whoever reads on.</summary>
internal sealed class EventsWatch
{
    private readonly Channel<SessionFrame> frames = Channel.CreateUnbounded<SessionFrame>();
    private readonly Queue<SessionEvent> ready = new();
    private long? cursor;

    /// <summary>The executions that are watched, where a test says which.</summary>
    public string[] Executions { get; set; } = [];

    public void Add(SessionFrame frame) => frames.Writer.TryWrite(frame);

    /// <summary>Whether nothing has come since.</summary>
    public bool IsSilent => ready.Count == 0 && !frames.Reader.TryPeek(out _);

    /// <summary>Every event up to the first that fits.</summary>
    public async Task<List<SessionEvent>> UntilAsync(Func<SessionEvent, bool> last)
    {
        var events = new List<SessionEvent>();
        using var timeout = new CancellationTokenSource(Waits.Long);
        while (true)
        {
            while (ready.TryDequeue(out var happened))
            {
                events.Add(happened);
                if (last(happened)) return events;
            }

            try
            {
                Take(await frames.Reader.ReadAsync(timeout.Token));
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException($"It has not come. Came: {string.Join(", ", events.Select(EventTypes.NameOf))}", e);
            }
        }
    }

    public async Task<T> NextAsync<T>(Func<T, bool>? fits = null)
        where T : SessionEvent =>
        (T)(await UntilAsync(e => e is T t && fits?.Invoke(t) != false))[^1];

    /// <summary>The next frame without events, where no events wait.</summary>
    public async Task<SessionFrame> NextFrameAsync()
    {
        using var timeout = new CancellationTokenSource(Waits.Long);
        var frame = await frames.Reader.ReadAsync(timeout.Token);
        Take(frame);
        return frame;
    }

    private void Take(SessionFrame frame)
    {
        Assert.Equal(cursor ?? frame.After, frame.After);
        Assert.Equal(Enumerable.Range(1, (int)(frame.Seq - frame.After)).Select(i => frame.After + i), frame.Events.Select(e => e.Seq));
        cursor = frame.Seq;
        foreach (var encoded in frame.Events)
        {
            var happened = JsonSerializer.Deserialize(encoded.Json.Span, WireJsonContext.Default.SessionEvent)!;
            Assert.Equal((encoded.Seq, encoded.Type), (happened.Seq, EventTypes.NameOf(happened)));
            ready.Enqueue(happened);
        }
    }
}
