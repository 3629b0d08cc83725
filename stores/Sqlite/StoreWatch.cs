using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>
/// Tells a store's faults, and while it fails tries it each second by a small write. It counts as working again only once such a write succeeded, a whole second
/// without a failure has passed and there is space: on a disk that is all but full small writes come and go.
/// </summary>
internal sealed partial class StoreWatch : IDisposable
{
    private const int PeriodMs = 1_000;

    private readonly string name, path;
    private readonly StoreHealth health;
    private readonly ILogger logger;
    private readonly Func<Task> probe;
    private readonly Timer timer;
    private readonly Lock gate = new();
    private long failedAt;
    private bool failing, closed;

    /// <param name="name">As metrics and readiness have it.</param>
    /// <param name="path">The file.</param>
    /// <param name="health">Whom to tell.</param>
    /// <param name="logger">Where to.</param>
    /// <param name="probe">A write that changes nothing.</param>
    public StoreWatch(string name, string path, StoreHealth health, ILogger logger, Func<Task> probe)
    {
        (this.name, this.path, this.health, this.logger, this.probe) = (name, path, health, logger, probe);
        timer = new(state => _ = ProbeAsync());
        health.Add(name);
    }

    /// <summary>Counts a failure, and gives what callers are to get for it.</summary>
    public SessionLogUnavailableException Failed(string message, Exception e)
    {
        if (e is not SqliteException fault) return new(message, e);
        var reason = SqliteFaults.Reason(fault, path);
        StoreMetrics.Failed(name);
        if (health.Fail(name, reason)) LogFailing(logger, name, reason, e);
        lock (gate)
        {
            failedAt = Environment.TickCount64;
            if (!failing) Arm();
            failing = true;
        }

        return new(message, e) { Reason = reason };
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
            await probe().ConfigureAwait(false);
            if (SqliteFaults.FreeBytes(path) < SqliteFaults.LeastFreeBytes) health.Fail(name, "the disk is full");
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
