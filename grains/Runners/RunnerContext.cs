using ToolRuntime.Blobs;
using ToolRuntime.Events;
using ToolRuntime.Processes;
using ToolRuntime.Runners.Blobs;
using ToolRuntime.Tools;

namespace ToolRuntime.Runners;

/// <summary>What the tool sees of its runner.</summary>
internal sealed class RunnerContext(RunnerSpec spec, RunnerReporter reporter, Workspaces workspaces, BlobPublisher blobs, CancellationToken stop) : IToolContext
{
    private SuspendGate? gate;
    private readonly Lock entering = new();
    private string? workspace;
    private long publishedBytes;

    /// <summary>What it has published so far.</summary>
    public long PublishedBytes => Interlocked.Read(ref publishedBytes);

    public SessionKey Session => spec.Session;

    public string ExecutionId => spec.ExecutionId;

    public string BatchId => spec.Batch ?? spec.ExecutionId;

    public string? Subject => spec.Subject;

    public ProcessOwner Owner => new(spec.Session.Tenant, spec.Session.Session, spec.ExecutionId, spec.Tool, spec.CallId, spec.MessageId);

    public int Attempt => spec.Attempt;

    public DateTimeOffset Deadline => spec.Deadline;

    /// <summary>Waits where it has to be restored first.</summary>
    public string Workspace
    {
        get
        {
            lock (entering) return workspace ??= Enter();
        }
    }

    /// <summary>The tool has ended. What it changed in its workspace is saved; tells why not.</summary>
    /// <param name="wait">Whether to wait for that.</param>
    public ValueTask<NotSaved?> LeaveWorkspaceAsync(bool wait) => workspace is null ? default : workspaces.ExitAsync(spec.Session, wait, stop);

    /// <summary>The attempt was cancelled because its time is over.</summary>
    public bool TimedOut { get; set; }

    public ToolCounters Counters { get; } = new();

    public SuspendGate Gate => LazyInitializer.EnsureInitialized(ref gate, () => new());

    /// <summary>Null where the attempt takes no input.</summary>
    public InputBuffer? Input { get; } = spec.TakesInput ? new() : null;

    public ValueTask ReportProgressAsync(string stage, double? percent = null, string? message = null, JsonText? details = null, CancellationToken cancellationToken = default)
    {
        var measured = percent is { } value && double.IsFinite(value) ? Math.Clamp(value, 0, 100) : (double?)null;
        reporter.Progress(new(stage, measured, message, details));
        return default;
    }

    public async ValueTask WriteOutputAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        using var linked = Linked(cancellationToken);
        await reporter.WriteAsync(stream, bytes, linked?.Token ?? stop).ConfigureAwait(false);
    }

    public async ValueTask CheckpointAsync(CancellationToken cancellationToken = default)
    {
        using var linked = Linked(cancellationToken);
        await Gate.WaitAsync(linked?.Token ?? stop).ConfigureAwait(false);
    }

    public IDisposable OnSuspend(Action<bool> changed) => Gate.Subscribe(changed);

    /// <summary>Takes what people do to the terminal; null where there is none, yet or any more.</summary>
    public Func<TerminalControl, bool>? Terminal { get; private set; }

    public IDisposable OnTerminal(Func<TerminalControl, bool> apply)
    {
        Terminal = apply;
        return new Hook(() => Terminal = null);
    }

    public void WatchTurns(ITurnWatch watch) => reporter.Watch(watch);

    public async ValueTask<ReadOnlyMemory<byte>> ReadInputAsync(CancellationToken cancellationToken = default)
    {
        if (Input is null) return default;
        using var linked = Linked(cancellationToken);
        return await Input.ReadAsync(linked?.Token ?? stop).ConfigureAwait(false);
    }

    public async Task<PublishedBlob> PublishAsync(Stream content, string name, Action<long>? written = null, CancellationToken cancellationToken = default)
    {
        using var linked = Linked(cancellationToken);
        var published = await blobs.PublishAsync(spec.Session, spec.ExecutionId, content, name, written, linked?.Token ?? stop).ConfigureAwait(false);
        Interlocked.Add(ref publishedBytes, published.Info.Bytes);
        return published;
    }

    private string Enter()
    {
        var entered = workspaces.EnterAsync(spec.Session, stop);
        return entered.IsCompletedSuccessfully ? entered.Result : entered.AsTask().GetAwaiter().GetResult();
    }

    /// <summary>The attempt's end always counts; most tools pass its own token, or none.</summary>
    private CancellationTokenSource? Linked(CancellationToken token) =>
        token.CanBeCanceled && token != stop ? CancellationTokenSource.CreateLinkedTokenSource(token, stop) : null;

    private sealed class Hook(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
