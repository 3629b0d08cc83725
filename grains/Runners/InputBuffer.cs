namespace ToolRuntime.Runners;

/// <summary>What a client sends to an attempt's input, up to 64 KB that were not read yet. Takes nothing before the tool has begun to read.</summary>
internal sealed class InputBuffer
{
    private const int MaxBytes = 64 * 1024;

    private readonly Lock gate = new();
    private readonly Queue<ReadOnlyMemory<byte>> chunks = new();
    private TaskCompletionSource? arrived;
    private int bytes;
    private bool reading, ended;

    /// <summary>False, with nothing taken: the tool reads no input, the input has ended, or there is no room for all of it.</summary>
    public bool TryWrite(ReadOnlyMemory<byte> data, bool end)
    {
        lock (gate)
        {
            if (!reading || ended || bytes + data.Length > MaxBytes) return false;

            if (!data.IsEmpty) chunks.Enqueue(data.ToArray());
            bytes += data.Length;
            ended = end;
            arrived?.TrySetResult();
            arrived = null;
            return true;
        }
    }

    /// <summary>The next bytes; empty at the end.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task wait;
            lock (gate)
            {
                reading = true;
                if (chunks.TryDequeue(out var chunk))
                {
                    bytes -= chunk.Length;
                    return chunk;
                }

                if (ended) return default;
                wait = (arrived ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
