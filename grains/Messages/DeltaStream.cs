using System.Text;

namespace ToolRuntime.Messages;

/// <summary>A reply's text on its way out: the first piece at once, then combined, one report in flight.</summary>
internal sealed class DeltaStream(ModelSink sink, ModelOptions options, TimeProvider time, CancellationToken stopping)
{
    private readonly Lock gate = new();
    private readonly StringBuilder waiting = new();
    private Task<bool> sending = Task.FromResult(true);
    private long offset;
    private long sentAt;
    private bool first = true;
    private bool ended;

    /// <summary>Takes text; waits while more than a delta's worth is held. False: the run is over.</summary>
    public async ValueTask<bool> AddAsync(string text)
    {
        Task<bool> current;
        bool full;
        lock (gate)
        {
            waiting.Append(text);
            if (sending.IsCompleted && (!sending.IsCompletedSuccessfully || !sending.Result)) return false;
            if (sending.IsCompleted) sending = SendAsync();
            (current, full) = (sending, waiting.Length > options.DeltaCharacters * 2);
        }

        return !full || await current;
    }

    public async Task<bool> CompleteAsync()
    {
        lock (gate) ended = true;
        if (!await sending) return false;
        lock (gate) sending = waiting.Length > 0 ? SendAsync() : sending;
        return await sending;
    }

    private async Task<bool> SendAsync()
    {
        await Task.Yield();
        while (true)
        {
            if (!first && !ended && time.GetElapsedTime(sentAt) is var gone && gone < options.DeltaInterval) await Task.Delay(options.DeltaInterval - gone, time, stopping);
            first = false;
            string text;
            lock (gate)
            {
                if (waiting.Length == 0)
                {
                    sending = Task.FromResult(true);
                    return true;
                }

                var length = Math.Min(waiting.Length, options.DeltaCharacters);
                if (length < waiting.Length && char.IsHighSurrogate(waiting[length - 1])) length--;
                text = waiting.ToString(0, length);
                waiting.Remove(0, length);
            }

            sentAt = time.GetTimestamp();
            if (!await sink.ReportAsync(new ReplyDelta(sink.Round, sink.Attempt, offset, text), time, stopping)) return false;
            offset += Encoding.UTF8.GetByteCount(text);
        }
    }
}
