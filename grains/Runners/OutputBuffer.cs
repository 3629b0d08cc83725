using ToolRuntime.Events;

namespace ToolRuntime.Runners;

/// <summary>
/// One output stream of an attempt between the tool and the log: redacted, capped, cut at whole characters. Guarded by its reporter's lock.
/// </summary>
internal sealed class OutputBuffer(OutputStream stream, Redactor redactor, OutputCap cap)
{
    /// <summary>
    /// Most bytes of one report: a string of that many characters is not yet one of the large objects, which only a full collection frees.
    /// </summary>
    private const int MaxReport = 32 * 1024;

    private readonly RedactedStream redacted = new(redactor, shows: stream == OutputStream.Terminal);
    private readonly OutputKeeper? keeper = stream == OutputStream.Result ? null : new();
    private byte[] pending = [];
    private int length;
    private long offset;
    private bool ended;

    public OutputStream Stream => stream;

    /// <summary>Bytes that wait to be taken.</summary>
    public int Pending => length;

    /// <summary>Bytes that can be taken: all but a character that is not whole yet.</summary>
    public int Ready => ended || Dropped > 0 ? length : OutputEncoder.CompleteLength(pending.AsSpan(0, length));

    /// <summary>Bytes counted but not kept that no report has told of yet.</summary>
    public long Dropped { get; private set; }

    /// <summary>Set when it is this stream's turn, whatever the other streams do meanwhile.</summary>
    public bool Due { get; set; }

    /// <summary>When the oldest byte came that no report has told of yet, as a counter over all streams.</summary>
    public long Since { get; private set; }

    public long TotalBytes { get; private set; }

    public long TotalDropped { get; private set; }

    public string? Kept => TotalBytes > 0 ? keeper?.ToString() : null;

    public void Add(ReadOnlySpan<byte> bytes, long order) => Accept(redacted.Process(bytes), order);

    /// <summary>Nothing more comes: what was held back is ready now.</summary>
    public void End(long order)
    {
        if (ended) return;

        ended = true;
        Accept(redacted.Process([], last: true), order);
    }

    /// <summary>Takes what is ready, and the count of dropped bytes with it if <paramref name="withDropped"/>.</summary>
    public OutputReport Take(bool withDropped)
    {
        var ready = Ready;
        if (ready > MaxReport)
        {
            ready = OutputEncoder.CompleteLength(pending.AsSpan(0, MaxReport));
            withDropped = false; // what was dropped comes after all that was kept
        }

        var report = new OutputReport(stream, offset, pending.AsSpan(0, ready).ToArray(), withDropped ? Dropped : 0);
        pending.AsSpan(ready, length - ready).CopyTo(pending);
        length -= ready;
        offset += ready + report.Dropped;
        Dropped -= report.Dropped;
        Due = false;
        return report;
    }

    private void Accept(ReadOnlySpan<byte> bytes, long order)
    {
        if (bytes.IsEmpty) return;

        if (length == 0 && Dropped == 0) Since = order;
        TotalBytes += bytes.Length;
        keeper?.Add(bytes);
        var kept = cap.Take(bytes.Length);
        if (length + kept > pending.Length)
        {
            Array.Resize(ref pending, Math.Max(length + kept, Math.Min(pending.Length * 2, RunnerReporter.MaxOutstanding)));
        }

        bytes[..kept].CopyTo(pending.AsSpan(length));
        length += kept;
        if (kept < bytes.Length) Drop(bytes.Length - kept);
    }

    /// <summary>What is not kept, and the beginning of the character that it ends, which may have come in an earlier piece.</summary>
    private void Drop(int count)
    {
        var whole = OutputEncoder.CompleteLength(pending.AsSpan(0, length));
        Dropped += count + length - whole;
        TotalDropped += count + length - whole;
        length = whole;
    }
}

/// <summary>What an attempt may still log, all its streams together.</summary>
internal sealed class OutputCap(long maxBytes)
{
    private long left = maxBytes == 0 ? long.MaxValue : maxBytes;

    /// <summary>How many of so many bytes are kept: all, or those that fit, and none from then on.</summary>
    public int Take(int count)
    {
        var kept = (int)Math.Min(count, left);
        left -= kept;
        return kept;
    }
}
