using ToolRuntime.Blobs;
using ToolRuntime.Events;
using ToolRuntime.Processes;

namespace ToolRuntime.Tools;

/// <summary>
/// What an attempt may use. Safe to call from several threads; progress and output return once taken, so awaiting them is the backpressure.
/// </summary>
public interface IToolContext
{
    /// <summary>The session that the attempt belongs to.</summary>
    SessionKey Session { get; }

    /// <summary>The execution's id.</summary>
    string ExecutionId { get; }

    /// <summary>The batch that the execution is one of.</summary>
    string BatchId => ExecutionId;

    /// <summary>On whose account the execution runs, where that is known.</summary>
    string? Subject => null;

    /// <summary>What the processes that the attempt starts belong to.</summary>
    ProcessOwner Owner => new(Session.Tenant, Session.Session, ExecutionId, "");

    /// <summary>1 for the first attempt.</summary>
    int Attempt { get; }

    /// <summary>When the attempt ends at the latest, UTC, pauses not counted.</summary>
    DateTimeOffset Deadline { get; }

    /// <summary>The session's own folder, absolute; it exists.</summary>
    string Workspace { get; }

    /// <summary>What the attempt did so far; part of its metrics.</summary>
    ToolCounters Counters { get; }

    /// <summary>Reports a measured step. Any rate is fine: at most ten a second go out, the latest wins, the last always goes.</summary>
    ValueTask ReportProgressAsync(string stage, double? percent = null, string? message = null, JsonText? details = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Adds output. At most 64 KB per execution are on their way to the log at a time; the task completes when the bytes are taken,
    /// so a tool that awaits it before it reads on holds its source back.
    /// </summary>
    ValueTask WriteOutputAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default);

    /// <summary>Waits here while the batch is paused.</summary>
    ValueTask CheckpointAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Calls <paramref name="changed"/> with true when the attempt is to stop its processes and with false when they go on; at once if it
    /// is paused already. Dispose to unsubscribe.
    /// </summary>
    IDisposable OnSuspend(Action<bool> changed);

    /// <summary>
    /// The next bytes that a client sent to the attempt's input; empty at its end, which is at once where the execution takes none
    /// (<see cref="ToolDescriptor.Input"/>).
    /// </summary>
    ValueTask<ReadOnlyMemory<byte>> ReadInputAsync(CancellationToken cancellationToken = default);

    /// <summary>Calls <paramref name="apply"/> with what people do to the attempt's terminal; false: nothing is there that it could be done to. Dispose to unsubscribe.</summary>
    IDisposable? OnTerminal(Func<TerminalControl, bool> apply) => null;

    /// <summary>Shows <paramref name="watch"/> what the attempt's terminal prints from now on, secrets taken out, and tells the turns that it sees.</summary>
    void WatchTurns(ITurnWatch watch)
    {
    }

    /// <summary>
    /// Publishes a picture or a file to who may see the session, until that is deleted. What it is is found out by its content and its name.
    /// Put <see cref="PublishedBlob.Write"/> into the array <c>content</c> of the result.
    /// </summary>
    /// <param name="content">The bytes, from the beginning; it can seek.</param>
    /// <param name="name">The file's name; a path's folders are left out.</param>
    /// <param name="written">Told how many bytes have reached the store so far; measured.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="BlobStoreException">It is not published: it is too large, or the store can't be had.</exception>
    Task<PublishedBlob> PublishAsync(Stream content, string name, Action<long>? written = null, CancellationToken cancellationToken = default) =>
        throw new BlobStoreException("Nothing can be published here.", retryable: false);
}

/// <summary>Counters of one attempt; increments are atomic.</summary>
public sealed class ToolCounters
{
    private int filesCreated;
    private int linesWritten;
    private int apiCalls;
    private long bytesIn, bytesOut;
    private readonly Lock gate = new();
    private long? peakMemoryBytes, cpuMs;

    /// <summary>Files that did not exist before.</summary>
    public int FilesCreated => Volatile.Read(ref filesCreated);

    /// <summary>Lines written to files.</summary>
    public int LinesWritten => Volatile.Read(ref linesWritten);

    /// <summary>Calls to services outside.</summary>
    public int ApiCalls => Volatile.Read(ref apiCalls);

    /// <summary>Bytes that it has taken in by itself, not by its processes: answers of services, and files.</summary>
    public long BytesIn => Interlocked.Read(ref bytesIn);

    /// <summary>Bytes that it has given out in the same way.</summary>
    public long BytesOut => Interlocked.Read(ref bytesOut);

    /// <summary>The most memory that its processes had at a time; null while none has ended, or where nobody counts.</summary>
    public long? PeakMemoryBytes
    {
        get { lock (gate) return peakMemoryBytes; }
    }

    /// <summary>Processor time of its processes, milliseconds; null as above.</summary>
    public long? CpuMs
    {
        get { lock (gate) return cpuMs; }
    }

    /// <summary>Counts created files.</summary>
    public void AddFiles(int count) => Interlocked.Add(ref filesCreated, count);

    /// <summary>Counts written lines.</summary>
    public void AddLines(int count) => Interlocked.Add(ref linesWritten, count);

    /// <summary>Counts calls to services outside.</summary>
    public void AddApiCalls(int count) => Interlocked.Add(ref apiCalls, count);

    /// <summary>Counts what came from services and files.</summary>
    public void AddBytesIn(long count) => Interlocked.Add(ref bytesIn, count);

    /// <summary>Counts what went to services and files.</summary>
    public void AddBytesOut(long count) => Interlocked.Add(ref bytesOut, count);

    /// <summary>Counts processes that have ended, one after the other: the largest peak counts, and all processor time.</summary>
    public void AddProcesses(long? peakMemoryBytes, long? cpuMs)
    {
        lock (gate)
        {
            if (peakMemoryBytes is { } peak) this.peakMemoryBytes = Math.Max(this.peakMemoryBytes ?? 0, peak);
            if (cpuMs is { } used) this.cpuMs = (this.cpuMs ?? 0) + used;
        }
    }
}
