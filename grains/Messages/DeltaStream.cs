using System.Text;

namespace ToolRuntime.Messages;

/// <summary>A reply's text, or what its model thinks, on its way out: the first piece at once, then combined, one report in flight.</summary>
internal sealed class DeltaStream(ModelSink sink, Func<long, string, MessageTrigger> report, ModelOptions options, TimeProvider time, CancellationToken stopping)
{
    private readonly Lock gate = new();
    private readonly StringBuilder waiting = new();
    private Task<bool> sending = Task.FromResult(true);
    private long offset;
    private long sentAt;
    private bool first = true;
    private bool ended;
    private string half = "";

    /// <summary>Takes text; waits while more than a delta's worth is held. False: the run is over.</summary>
    /// <exception cref="Exception">The session does not take it.</exception>
    public async ValueTask<bool> AddAsync(string text)
    {
        Task<bool> current;
        bool full;
        lock (gate)
        {
            waiting.Append(Whole(text));
            var over = sending.IsCompleted && !(sending.IsCompletedSuccessfully && sending.Result);
            if (sending.IsCompleted && !over) sending = SendAsync();
            (current, full) = (sending, over || waiting.Length > options.DeltaCharacters * 2);
        }

        return !full || await current;
    }

    public async Task<bool> CompleteAsync()
    {
        lock (gate)
        {
            ended = true;
            waiting.Append(HalfCharacters.Mend(half));
            half = "";
        }

        if (!await sending) return false;
        lock (gate) sending = waiting.Length > 0 ? SendAsync() : sending;
        return await sending;
    }

    /// <summary>The text up to its last whole character; what is half of one waits for its other half.</summary>
    private string Whole(string text)
    {
        text = half + text;
        half = text.Length > 0 && char.IsHighSurrogate(text[^1]) ? text[^1..] : "";
        return HalfCharacters.Mend(text[..^half.Length]);
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
            if (!await sink.ReportAsync(report(offset, text), time, stopping)) return false;
            offset += Encoding.UTF8.GetByteCount(text);
        }
    }
}
