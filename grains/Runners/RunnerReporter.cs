using System.Globalization;
using Microsoft.Extensions.Logging;
using ToolRuntime.Events;
using ToolRuntime.Tools;

namespace ToolRuntime.Runners;

/// <summary>
/// Brings what an attempt has to tell to the sink: one call at a time, each repeated until it succeeds. At most 64 KB of output wait or are on their
/// way, and the tool waits meanwhile. Nothing runs and no timer exists while there is nothing to tell.
/// </summary>
internal sealed partial class RunnerReporter : IDisposable
{
    /// <summary>Bytes that wait or are on their way.</summary>
    public const int MaxOutstanding = 64 * 1024;

    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(60);

    private readonly IRunnerSink sink;
    private readonly Redactor redactor;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stop;
    private readonly long started;
    private readonly Lock gate = new();
    private readonly ReportQueue queue;
    private TaskCompletionSource? space, drained;
    private ITimer? timer;
    private TimeSpan lastSign;
    private int inFlight;
    private bool sending, ending, closed;

    /// <param name="sink">Where to.</param>
    /// <param name="redactor">Takes the secrets out.</param>
    /// <param name="maxOutputBytes">The cap; 0 means none.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">The runner's.</param>
    /// <param name="stop">Cancelled when the attempt is to stop; cancelled from here when the sink says that it is over.</param>
    public RunnerReporter(IRunnerSink sink, Redactor redactor, long maxOutputBytes, TimeProvider time, ILogger logger, CancellationTokenSource stop)
    {
        (this.sink, this.redactor, this.time, this.logger, this.stop) = (sink, redactor, time, logger, stop);
        queue = new(redactor, maxOutputBytes);
        started = time.GetTimestamp();
    }

    public TimeSpan Elapsed => time.GetElapsedTime(started);

    /// <summary>The sink said that the attempt is over, or is to end.</summary>
    public bool Over { get; private set; }

    /// <summary>What happens can't be told.</summary>
    public bool Broken { get; private set; }

    /// <summary>What was written; final once <see cref="CompleteAsync"/> has completed.</summary>
    public ReportQueue Output => queue;

    /// <summary>Completes when the bytes are taken. From the attempt's end on they are ignored.</summary>
    public async ValueTask WriteAsync(OutputStream stream, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            Task? wait = null;
            lock (gate)
            {
                if (closed || ending) return;

                lastSign = Elapsed;
                var room = Math.Min(MaxOutstanding - inFlight - queue.PendingBytes, bytes.Length);
                if (room <= 0)
                {
                    wait = (space ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
                }
                else
                {
                    queue.Add(stream, bytes.Span[..room]);
                    bytes = bytes[room..];
                }
            }

            if (wait is null) Kick();
            else await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public void Progress(ProgressReport report)
    {
        lock (gate)
        {
            if (closed || ending) return;

            (queue.Progress, lastSign) = (report, Elapsed);
        }

        Kick();
    }

    /// <summary>Shows what the terminal prints to <paramref name="watch"/>, and tells what it sees.</summary>
    public void Watch(ITurnWatch watch)
    {
        lock (gate) queue.Turns = new(watch, redactor, failure => LogWatchFailed(logger, failure));
    }

    /// <summary>Says that the attempt still runs if it has been silent, and has not said so, for a minute.</summary>
    public void CheckSilence()
    {
        lock (gate)
        {
            var now = Elapsed;
            if (closed || ending || now - lastSign < SilenceLimit) return;

            lastSign = now;
            queue.Waiting = new((long)now.TotalMilliseconds, string.Create(CultureInfo.InvariantCulture, $"Still running after {(long)now.TotalSeconds} s."));
        }

        Kick();
    }

    /// <summary>Begins the minute of silence anew, after a pause.</summary>
    public void ResetSilence()
    {
        lock (gate) lastSign = Elapsed;
    }

    /// <summary>Nothing more comes. Completes when all that there was is committed, or given up because the attempt is over.</summary>
    public Task CompleteAsync()
    {
        lock (gate)
        {
            if (closed) return Task.CompletedTask;

            ending = true;
            queue.End();
            Free();
            if (!sending && queue.IsDone) return Task.CompletedTask;

            drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        Kick();
        return drained.Task;
    }

    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
            timer?.Dispose();
        }
    }

    private void Kick()
    {
        Report? report;
        lock (gate)
        {
            if (closed || sending) return;
            if ((report = TakeOrArm()) is null)
            {
                // The end of a terminal's turns may have had nothing to tell.
                if (ending && queue.IsDone) drained?.TrySetResult();
                return;
            }

            sending = true;
        }

        _ = SendAllAsync(report);
    }

    private async Task SendAllAsync(Report? report)
    {
        try
        {
            while (report is not null)
            {
                var goesOn = await SendAsync(report).ConfigureAwait(false);
                lock (gate) report = Next(goesOn);
            }
        }
        catch (Exception e)
        {
            // An attempt that can't tell what happens must not go on unseen.
            LogBroken(logger, e);
            Broken = true;
            lock (gate) Next(goesOn: false);
        }

        if (Over || Broken) await stop.CancelAsync().ConfigureAwait(false);
    }

    private Report? Next(bool goesOn)
    {
        inFlight = 0;
        closed |= !goesOn;
        Free();
        var report = closed ? null : TakeOrArm();
        if (report is null)
        {
            sending = false;
            if (closed || ending) drained?.TrySetResult();
        }

        return report;
    }

    private Report? TakeOrArm()
    {
        var now = Elapsed;
        var report = queue.Take(now);
        inFlight = (report as OutputReport)?.Bytes.Length ?? 0;
        if (report is null && queue.NextDue() is { } due)
        {
            timer ??= time.CreateTimer(static reporter => ((RunnerReporter)reporter!).Kick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            // Timers count whole milliseconds; one that fires early would only be set again.
            timer.Change(TimeSpan.FromMilliseconds(Math.Max(Math.Ceiling((due - now).TotalMilliseconds), 0)), Timeout.InfiniteTimeSpan);
        }

        return report;
    }

    private async Task<bool> SendAsync(Report report)
    {
        try
        {
            if (report is ProgressReport step) report = step.Redacted(redactor);
            Over = !await Backoff.RepeatAsync(token => report.SendAsync(sink, token), time, OnFailure, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }

        return !Over;
    }

    private void OnFailure(Exception e, int attempt) => LogRepeated(logger, e, attempt);

    private void Free()
    {
        space?.TrySetResult();
        space = null;
    }
}
