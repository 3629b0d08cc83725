using System.Buffers;

namespace ToolRuntime.Runners;

/// <summary>
/// What a client sends to an attempt's input, up to 64 KB that were not read yet. Remembers the last writes, so that one that is repeated
/// is not typed twice.
/// </summary>
internal sealed class InputBuffer
{
    public const int MaxBytes = 64 * 1024;

    /// <summary>As many as a session remembers commands.</summary>
    private const int MaxRemembered = 1_000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, string> taken = [];
    private readonly Queue<string> order = new();
    private ArrayBufferWriter<byte> waiting = new();
    private TaskCompletionSource? arrived;
    private bool ended;

    /// <summary>Takes all of it or nothing.</summary>
    public InputOutcome Write(InputWrite write)
    {
        lock (gate)
        {
            if (taken.TryGetValue(write.Key, out var hash)) return hash == write.Hash ? InputOutcome.Taken : InputOutcome.OtherContent;
            if (ended) return InputOutcome.Ended;
            if (waiting.WrittenCount + write.Data.Length > MaxBytes) return InputOutcome.Full;
            waiting.Write(write.Data.Span);
            ended = write.End;
            Remember(write);
            arrived?.TrySetResult();
            arrived = null;
            return InputOutcome.Taken;
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
                if (waiting.WrittenCount > 0)
                {
                    var bytes = waiting.WrittenMemory;
                    waiting = new();
                    return bytes;
                }

                if (ended) return default;
                wait = (arrived ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }

            await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private void Remember(InputWrite write)
    {
        taken[write.Key] = write.Hash;
        order.Enqueue(write.Key);
        if (order.Count > MaxRemembered) taken.Remove(order.Dequeue());
    }
}
