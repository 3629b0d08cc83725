using Microsoft.Extensions.Logging;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores;

/// <summary>
/// Tells a store's faults, and while it fails tries it each second by a small write. It counts as working again only once such a write
/// succeeded, a whole second without a failure has passed and there is space: on a disk that is all but full small writes come and go.
/// </summary>
internal sealed partial class StoreWatch : IDisposable
{
    private const int PeriodMs = 1_000;

    private readonly string name;
    private readonly StoreHealth health;
    private readonly ILogger logger;
    private readonly Func<Exception, string?> reason;
    private readonly Func<Task<string?>> probe;
    private readonly Timer timer;
    private readonly Lock gate = new();
    private long failedAt;
    private bool failing, closed;

    /// <param name="name">As metrics and readiness have it.</param>
    /// <param name="health">Whom to tell.</param>
    /// <param name="logger">Where to.</param>
    /// <param name="reason">What an exception says of the store, in words for a client; null: nothing.</param>
    /// <param name="probe">A write that changes nothing; gives what is wrong nevertheless, if anything.</param>
    public StoreWatch(string name, StoreHealth health, ILogger logger, Func<Exception, string?> reason, Func<Task<string?>> probe)
    {
        (this.name, this.health, this.logger, this.reason, this.probe) = (name, health, logger, reason, probe);
        timer = new(state => _ = ProbeAsync());
        health.Add(name);
    }

    /// <summary>
    /// Counts a failure, and gives what callers are to get for it. An exception that callers may not get has another <paramref
    /// name="inner"/> one.
    /// </summary>
    public SessionLogUnavailableException Failed(string message, Exception e, Exception? inner = null)
    {
        if (reason(e) is not { } words) return new(message, inner ?? e);
        StoreMetrics.Failed(name);
        if (health.Fail(name, words)) LogFailing(logger, name, words, e);
        lock (gate)
        {
            failedAt = Environment.TickCount64;
            if (!failing) Arm();
            failing = true;
        }

        return new(message, inner ?? e) { Reason = words };
    }

    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
            timer.Dispose();
        }
    }

    private async Task ProbeAsync()
    {
        try
        {
            if (await probe().ConfigureAwait(false) is { } wrong) health.Fail(name, wrong);
            else if (TryRecover()) return;
        }
        catch (Exception)
        {
            // Counted where it failed.
        }

        lock (gate) Arm();
    }

    private bool TryRecover()
    {
        lock (gate)
        {
            if (closed || Environment.TickCount64 - failedAt < PeriodMs) return false;
            failing = false;
        }

        LogWorks(logger, name);
        health.Recover(name);
        return true;
    }

    private void Arm()
    {
        if (!closed) timer.Change(PeriodMs, Timeout.Infinite);
    }

    [LoggerMessage(2010, LogLevel.Error, "The store {Store} fails: {Reason}. It is tried each second.")]
    private static partial void LogFailing(ILogger logger, string store, string reason, Exception e);

    [LoggerMessage(2011, LogLevel.Warning, "The store {Store} works again.")]
    private static partial void LogWorks(ILogger logger, string store);
}
