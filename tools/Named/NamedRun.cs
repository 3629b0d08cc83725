using System.Text.Json;
using ToolRuntime.Events;
using ToolRuntime.Named;
using ToolRuntime.Processes;
using ToolRuntime.Tools.Processes;

namespace ToolRuntime.Tools.Named;

/// <summary>
/// One run as its command sees it: an attempt like any other, whose output is also looked at for the readiness check, whose limits end it, and which is stopped by its own
/// signal when the session says so.
/// </summary>
internal sealed class NamedRun : IToolContext, IDisposable
{
    private readonly Lock gate = new();
    private readonly IToolContext context;
    private readonly string name;
    private readonly NamedProcessDefinition process;
    private readonly TimeProvider time;
    private readonly PausableTimeout total, idle, unready;
    private readonly ReadyPattern? pattern;
    private readonly IDisposable? control;
    private Func<TerminalControl, bool>? terminal;
    private ToolProcess? running;
    private bool stopping;

    public NamedRun(IToolContext context, string name, NamedProcessDefinition process, TimeProvider time, CancellationToken cancellationToken)
    {
        (this.context, this.name, this.process, this.time) = (context, name, process, time);
        pattern = process.Ready?.Pattern is { } wanted ? new(wanted) : null;
        total = new(process.TotalMs is { } all ? TimeSpan.FromMilliseconds(all) : NamedProcessDescriptor.Longest, context, time, cancellationToken);
        idle = new(process.IdleMs is { } quiet ? TimeSpan.FromMilliseconds(quiet) : null, context, time, total.Token);
        unready = new(process.Ready is { } ready ? TimeSpan.FromMilliseconds(ready.TimeoutMs ?? 60_000) : null, context, time, idle.Token);
        control = context.OnTerminal(Control);
    }

    public SessionKey Session => context.Session;

    public string ExecutionId => context.ExecutionId;

    public string BatchId => context.BatchId;

    public string? Subject => context.Subject;

    public ProcessOwner Owner => context.Owner with { Named = name };

    public int Attempt => context.Attempt;

    public DateTimeOffset Deadline => context.Deadline;

    public string Workspace => context.Workspace;

    public ToolCounters Counters => context.Counters;

    /// <summary>Cancelled with the attempt, or when a limit is met.</summary>
    public CancellationToken Token => unready.Token;

    /// <summary>The limit that was met.</summary>
    public ToolError? Met =>
        total.Elapsed ? new("process_total", "The run took as long as it may.")
            : idle.Elapsed ? new("process_idle", $"Nothing was printed or typed for {process.IdleMs} ms.")
            : unready.Elapsed ? new("not_ready", $"The process was not ready after {process.Ready!.TimeoutMs ?? 60_000} ms.")
            : null;

    /// <summary>It runs: its id is told, its port asked; one that was stopped meanwhile is stopped now.</summary>
    public void Begin(ToolProcess started)
    {
        lock (gate)
        {
            running = started;
            if (stopping) Halt(started);
        }

        Tell(NamedRunContract.Running);
        if (process.Ready is { Port: { } port } ready) _ = AskAsync(port, ready);
    }

    /// <summary>What its end says: that it was stopped is no failure. A failure's details have the exit code, since its result goes nowhere.</summary>
    public ToolResult Result(ProcessEnd end)
    {
        var result = Shell.ExitResult.For(end, "process", anyCode: stopping);
        return result.Error is { } error ? ToolResult.Failure(error with { Details = result.Result }, result.Result)
            : stopping ? ToolResult.Success(result.Result, $"stopped, {result.Summary}")
            : result;
    }

    public ValueTask ReportProgressAsync(string stage, double? percent = null, string? message = null, JsonText? details = null, CancellationToken cancellationToken = default) =>
        context.ReportProgressAsync(stage, percent, message, details, cancellationToken);

    public ValueTask WriteOutputAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        idle.Restart();
        if (pattern?.Finds(stream, bytes.Span) == true) BecomeReady();
        return context.WriteOutputAsync(stream, bytes, cancellationToken);
    }

    public ValueTask CheckpointAsync(CancellationToken cancellationToken = default) => context.CheckpointAsync(cancellationToken);

    public IDisposable OnSuspend(Action<bool> changed) => context.OnSuspend(changed);

    public async ValueTask<ReadOnlyMemory<byte>> ReadInputAsync(CancellationToken cancellationToken = default)
    {
        var typed = await context.ReadInputAsync(cancellationToken);
        idle.Restart();
        return typed;
    }

    public IDisposable OnTerminal(Func<TerminalControl, bool> apply)
    {
        terminal = apply;
        return new Hook(this);
    }

    public void Dispose()
    {
        control?.Dispose();
        unready.Dispose();
        idle.Dispose();
        total.Dispose();
    }

    private bool Control(TerminalControl what)
    {
        if (!what.Stop) return terminal?.Invoke(what) ?? false;
        lock (gate)
        {
            if (!stopping && running is { } started) Halt(started);
            stopping = true;
        }

        return true;
    }

    private void Halt(ToolProcess started)
    {
        unready.Disarm();
        started.SignalAll(TerminalSignal.Of(process.Stop?.Signal ?? "SIGTERM"));
        _ = KillAsync(started, TimeSpan.FromMilliseconds(process.Stop?.GraceMs ?? 10_000));
    }

    private async Task KillAsync(ToolProcess started, TimeSpan grace)
    {
        await ((Task)started.Exited.WaitAsync(grace, time)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!started.Exited.IsCompleted) await started.EndAsync(TimeSpan.Zero);
    }

    private async Task AskAsync(int port, NamedReadiness ready)
    {
        try
        {
            await ReadyPort.WaitAsync(port, ready.Path, TimeSpan.FromMilliseconds(ready.IntervalMs ?? 1_000), time, Token);
            BecomeReady();
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The run is over.
        }
    }

    private void BecomeReady()
    {
        unready.Disarm();
        Tell(NamedRunContract.Ready);
    }

    /// <summary>Both steps have the id: of two in quick succession only the later one may go out.</summary>
    private void Tell(string stage)
    {
        var pid = running?.Id;
        _ = context.ReportProgressAsync(stage, details: pid is { } id ? JsonText.Object(json => json.WriteNumber("pid", id)) : null).AsTask();
    }

    private sealed class Hook(NamedRun run) : IDisposable
    {
        public void Dispose() => run.terminal = null;
    }
}
