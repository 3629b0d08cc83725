using System.Collections.Immutable;
using Orleans.Streams;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Sessions;

/// <summary>
/// Publishes committed events, one send in flight; what gathers meanwhile goes as one frame. A lost frame is found by its seq and read from
/// the log.
/// </summary>
internal sealed class SessionPublisher(IAsyncStream<SessionFrame> stream, Func<string> epoch, Action<Exception> failed)
{
    private readonly List<EncodedEvent> waiting = [];
    private Task running = Task.CompletedTask;

    public void Publish(ImmutableArray<LogEntry> entries)
    {
        foreach (var entry in entries) waiting.Add(entry.Event);
        if (running.IsCompleted) running = SendAsync();
    }

    /// <summary>Tells, after everything else, that the session is deleted.</summary>
    public async Task EndAsync(long head, string deletedBy)
    {
        await running;
        try
        {
            await stream.OnNextAsync(new(epoch(), head, head, [], deletedBy));
        }
        catch (Exception exception)
        {
            failed(exception);
        }
    }

    private async Task SendAsync()
    {
        while (waiting.Count > 0)
        {
            var events = waiting.ToImmutableArray();
            waiting.Clear();
            try
            {
                await stream.OnNextAsync(new(epoch(), events[0].Seq - 1, events[^1].Seq, events));
            }
            catch (Exception exception)
            {
                failed(exception);
            }
        }
    }
}
