using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ToolRuntime.Jobs;
using ToolRuntime.Runners.Policies;
using ToolRuntime.Tools;

namespace ToolRuntime.Runners;

/// <summary>The runners of a silo. They run outside any grain, so that they outlive their grain's activation. Every method may be called from any thread and returns at once.</summary>
internal sealed partial class RunnerHost : IDisposable
{
    /// <summary>Ended attempts that are remembered, so that a start that comes late does not run them again.</summary>
    private const int MaxEnded = 16_384;

    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(10);

    private readonly RunnerParts parts;
    private readonly ILogger logger;
    private readonly ConcurrentDictionary<(SessionKey, string), Attempt> attempts = new();
    private readonly ConcurrentDictionary<ToolRunner, Task> running = new();
    private readonly ConcurrentQueue<KeyValuePair<(SessionKey, string), Attempt>> ended = new();
    private readonly ITimer timer;
    private int ticking;
    private volatile bool stopped;

    public RunnerHost(RunnerParts parts, ILogger<RunnerHost> logger)
    {
        this.parts = parts;
        this.logger = logger;
        timer = parts.Time.CreateTimer(static host => ((RunnerHost)host!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// Starts an attempt. False: it runs already, it or a later one has run here, or the host has stopped. A later attempt cancels the earlier one of the same execution.
    /// </summary>
    /// <param name="spec">What to run.</param>
    /// <param name="sink">Where it reports to.</param>
    /// <param name="admission">From <see cref="AdmitAsync"/>. It is the runner's when this returns true, and stays the caller's otherwise.</param>
    public bool Start(RunnerSpec spec, IRunnerSink sink, Admission admission)
    {
        var key = (spec.Session, spec.ExecutionId);
        var mine = new Attempt(spec.Attempt, new(spec, sink, parts, admission));
        while (true)
        {
            if (stopped) return false;
            if (!attempts.TryGetValue(key, out var other))
            {
                if (attempts.TryAdd(key, mine)) break;
            }
            else if (other.Number >= spec.Attempt)
            {
                return false;
            }
            else if (attempts.TryUpdate(key, mine, other))
            {
                other.Runner?.Cancel();
                break;
            }
        }

        Launch(key, mine);
        return true;
    }

    /// <summary>Whether the attempt was started here and its end has not been delivered yet.</summary>
    public bool IsRunning(SessionKey session, string executionId, int attempt) =>
        attempts.TryGetValue((session, executionId), out var current) && current.Number == attempt && current.Runner is not null;

    /// <summary>Whether the attempt's tool has ended here and its files are being saved.</summary>
    public bool IsSaving(SessionKey session, string executionId, int attempt) =>
        Find(session, executionId) is { Saving: true } runner && runner.Spec.Attempt == attempt;

    /// <summary>Cancels that attempt, or whichever runs; does nothing where it does not. <paramref name="timedOut"/>: because its time is over.</summary>
    public void Cancel(SessionKey session, string executionId, int? attempt = null, bool timedOut = false)
    {
        if (Find(session, executionId) is { } runner && (attempt ?? runner.Spec.Attempt) == runner.Spec.Attempt) runner.Cancel(timedOut);
    }

    /// <summary>Cancels whichever attempt of the execution runs and waits until it has ended, but not for ever.</summary>
    public async Task StopAsync(SessionKey session, string executionId)
    {
        if (Find(session, executionId) is { } runner) await StopAsync([runner]).ConfigureAwait(false);
    }

    /// <summary>The same with all that runs for the session here, be it cancelled already and only about to end.</summary>
    public Task StopAsync(SessionKey session) => StopAsync([.. running.Keys.Where(runner => runner.Spec.Session == session)]);

    /// <summary>
    /// Stops the attempt's processes and holds it at its next checkpoint. It can't end meanwhile, so a silo that stops does not wait for it.
    /// </summary>
    public void Suspend(SessionKey session, string executionId)
    {
        if (attempts.GetValueOrDefault((session, executionId)) is not { Runner: { } runner } attempt) return;
        runner.Suspend(true);
        if (attempt.Leave()) parts.Work.End();
    }

    /// <summary>Lets a suspended attempt go on.</summary>
    public void Continue(SessionKey session, string executionId)
    {
        if (attempts.GetValueOrDefault((session, executionId)) is not { Runner: { } runner } attempt) return;
        if (!runner.Spec.Endless && attempt.Return()) parts.Work.Join();
        runner.Suspend(false);
    }

    /// <summary>Adds to an attempt's input, or says why not.</summary>
    public InputOutcome WriteInput(SessionKey session, string executionId, int attempt, InputWrite write) =>
        Find(session, executionId) is { } runner && runner.Spec.Attempt == attempt ? runner.WriteInput(write) : InputOutcome.NotRunning;

    /// <summary>Resizes or signals an attempt's terminal, or says why not.</summary>
    public InputOutcome Control(SessionKey session, string executionId, int attempt, TerminalControl control) =>
        Find(session, executionId) is { } runner && runner.Spec.Attempt == attempt ? runner.Control(control) : InputOutcome.NotRunning;

    /// <summary>Waits for the right to run, by priority and age. Ask before the execution is started, since what waits for it is pending.</summary>
    public ValueTask<Admission> AdmitAsync(
        SessionKey session, string tool, JsonText arguments, bool startsProcess, ExecutionAccount? account = null,
        JobPriority priority = JobPriority.Default, CancellationToken cancellationToken = default) =>
        parts.Calls.AdmitAsync(session, tool, arguments, startsProcess, account, priority, cancellationToken);

    /// <summary>Counts an execution that waits for a silo of its pool, until it is disposed.</summary>
    public IDisposable Waiting(string tool, JobPriority priority, string pool) => parts.Meter.Waiting(tool, priority, pool);

    /// <summary>
    /// Counts a call that was admitted and is about to begin, where its tenant has quotas; the admission says so, or why it may not begin. Not for another attempt
    /// of a call that has begun.
    /// </summary>
    public async ValueTask<Admission> ChargeAsync(SessionKey session, string tool, ExecutionAccount? account, Admission admission)
    {
        if (parts.Usage is not { } usage || !usage.HasQuotas(session.Tenant, account?.Subject)) return admission;
        var (charge, refusal) = await usage.ChargeAsync(session.Tenant, account?.Subject, tool, free: admission.Hit is not null).ConfigureAwait(false);
        return admission with { Charge = charge, Refusal = refusal };
    }

    /// <summary>
    /// Ends all tools and starts none from now on; waits for them, but not for ever. Nothing is reported: the attempts count as lost, and go on elsewhere or after
    /// the restart. For the host's end, and when the silo has lost its place in the cluster.
    /// </summary>
    /// <param name="report">Whether what they used is reported too; not where the stores are away.</param>
    public async Task StopAsync(bool report = true)
    {
        stopped = true;
        foreach (var runner in running.Keys) runner.Abandon();
        try
        {
            await Task.WhenAll(running.Values).WaitAsync(TimeSpan.FromSeconds(parts.Options.StopSeconds), parts.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            LogStillRunning(logger, running.Count);
        }

        if (report && parts.Usage is { } usage) await usage.FlushAsync().ConfigureAwait(false);
    }

    public void Dispose() => timer.Dispose();

    private async Task StopAsync(IReadOnlyList<ToolRunner> runners)
    {
        foreach (var runner in runners) runner.Cancel();
        var ends = Task.WhenAll(runners.Select(runner => running.GetValueOrDefault(runner, Task.CompletedTask)));
        await Task.WhenAny(ends, Task.Delay(StopWithin, parts.Time)).ConfigureAwait(false);
    }

    private ToolRunner? Find(SessionKey session, string executionId) => attempts.GetValueOrDefault((session, executionId))?.Runner;

    private void Launch((SessionKey, string) key, Attempt mine)
    {
        var runner = mine.Runner!;
        var done = new TaskCompletionSource();
        running[runner] = done.Task;
        // One that people end is not waited for when the host stops.
        if (runner.Spec.Endless) mine.Leave();
        else parts.Work.Join();
        if (Interlocked.Exchange(ref ticking, 1) == 0) timer.Change(TickEvery, TickEvery);
        // A runner belongs to no caller: neither its grain's scheduler nor its request's context flows along.
        ThreadPool.UnsafeQueueUserWorkItem(_ => RunAsync(), null);

        // Stopped between the check and the registration: nobody else would end it.
        if (stopped) runner.Abandon();

        async void RunAsync()
        {
            await runner.RunAsync().ConfigureAwait(false);
            runner.Dispose();
            Forget(key, mine);
            running.TryRemove(runner, out var _);
            if (mine.Leave()) parts.Work.End();
            done.SetResult();
        }
    }

    private void Forget((SessionKey, string) key, Attempt mine)
    {
        var over = new Attempt(mine.Number, null);
        if (!attempts.TryUpdate(key, over, mine)) return;

        ended.Enqueue(new(key, over));
        if (ended.Count > MaxEnded && ended.TryDequeue(out var oldest)) attempts.TryRemove(oldest);
    }

    /// <summary>The timer stands still while nothing runs.</summary>
    private void Tick()
    {
        if (running.IsEmpty)
        {
            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Volatile.Write(ref ticking, 0);
            // One that began meanwhile saw the timer as running.
            if (running.IsEmpty || Interlocked.Exchange(ref ticking, 1) != 0) return;
            timer.Change(TickEvery, TickEvery);
        }

        foreach (var runner in running.Keys) runner.Tick(parts.Options.WaitingEnabled);
    }

    /// <summary>The latest attempt of an execution; without a runner it has ended. Compared by reference.</summary>
    private sealed class Attempt(int number, ToolRunner? runner)
    {
        private int away;

        public int Number => number;

        public ToolRunner? Runner => runner;

        /// <summary>It counts as under way no more; false if it did not.</summary>
        public bool Leave() => Interlocked.Exchange(ref away, 1) == 0;

        /// <summary>It counts as under way again; false if it did.</summary>
        public bool Return() => Interlocked.Exchange(ref away, 0) == 1;
    }
}
