using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Sqlite;

/// <summary>
/// The process's one writer: a thread that takes all writes that are waiting into one transaction, so that they share one fsync.
/// It waits for nothing but work: a lone write is on its way at once, and while it is being synced the next ones gather.
/// </summary>
internal sealed partial class SqliteLogWriter : IDisposable
{
    /// <summary>Bounds how long a write waits for those before it.</summary>
    private const int MaxGroup = 512;

    // Scrubbing may hold up other sessions for a tenth of the time; those who wait for it share one.
    private const int RestPerScrub = 9;

    private readonly SqliteLogFile file;
    private readonly SqliteCheckpointer checkpointer;
    private readonly StoreWatch watch;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Thread thread;
    private readonly object gate = new();
    private readonly Queue<LogWrite> waiting = new();
    private readonly StoredTotals totals = new();
    private readonly List<LogWrite> scrubbing = [];
    private SqliteLogTables? tables;
    private long scrubAt;
    private bool stopping;

    public SqliteLogWriter(SqliteLogFile file, SqliteCheckpointer checkpointer, StoreWatch watch, TimeProvider time, ILogger logger)
    {
        (this.file, this.checkpointer, this.watch, this.time, this.logger) = (file, checkpointer, watch, time, logger);
        tables = SqliteLogTables.Open(file, time, totals);
        thread = new(Run) { IsBackground = true, Name = "session log writer" };
        thread.Start();
    }

    /// <summary>Runs <paramref name="apply"/> in the next transaction; completes when that is durable and, if it scrubs, the files hold nothing of what is gone.</summary>
    public Task<T> WriteAsync<T>(Func<SqliteLogTables, T> apply, bool scrubs = false)
    {
        var write = new LogWrite<T>(apply, scrubs);
        lock (gate)
        {
            if (stopping) return Task.FromException<T>(new SessionLogUnavailableException("The session log is closed."));

            waiting.Enqueue(write);
            Monitor.Pulse(gate);
        }

        return write.Task;
    }

    /// <summary>See <see cref="StoredTotals.Find"/>.</summary>
    public StoredBytes? FindStored(string tenant, string owner) => totals.Find(tenant, owner);

    /// <summary>Finishes what is waiting, then closes.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            stopping = true;
            Monitor.Pulse(gate);
        }

        thread.Join();
    }

    private void Run()
    {
        var group = new List<LogWrite>(MaxGroup);
        while (Take(group))
        {
            Write(group);
            group.Clear();
        }

        tables?.Dispose();
    }

    /// <summary>Waits for writes, or for the time to scrub; then the group may be empty.</summary>
    private bool Take(List<LogWrite> group)
    {
        lock (gate)
        {
            while (waiting.Count == 0)
            {
                if (scrubbing.Count > 0 && (stopping || UntilScrub <= 0)) return true;
                if (stopping) return false;
                Monitor.Wait(gate, scrubbing.Count > 0 ? UntilScrub : Timeout.Infinite);
            }

            while (group.Count < MaxGroup && waiting.TryDequeue(out var write)) group.Add(write);
            return true;
        }
    }

    private int UntilScrub => (int)(scrubAt - Environment.TickCount64);

    private void Write(List<LogWrite> group)
    {
        if (group.Count > 0) Commit(group);
        if (scrubbing.Count > 0 && (stopping || UntilScrub <= 0)) Scrub();
        if (tables is not null) checkpointer.AfterCommit(tables);
    }

    private void Commit(List<LogWrite> group)
    {
        try
        {
            tables ??= SqliteLogTables.Open(file, time, totals);
            tables.Begin();
            foreach (var write in group) write.Apply(tables);
            tables.Commit();
        }
        catch (Exception e)
        {
            // Closing the connection rolls back what is open; the next group begins with a new one, whatever state this one is in.
            Discard();
            LogFailed(logger, e, group.Count);
            SessionLogMetrics.Failed(group.Count);
            var failure = watch.Failed("The session log could not be written.", e);
            foreach (var write in group) write.Fail(failure);
            return;
        }

        SessionLogMetrics.Committed(group.Count);
        foreach (var write in group)
        {
            if (write.Scrubs) scrubbing.Add(write);
            else write.Complete();
        }
    }

    private void Scrub()
    {
        var began = Environment.TickCount64;
        try
        {
            var open = tables ??= SqliteLogTables.Open(file, time, totals);
            if (!checkpointer.Truncate(open)) throw new TimeoutException("The write-ahead log is still being read.");
            foreach (var write in scrubbing) write.Complete();
        }
        catch (Exception e)
        {
            if (e is SqliteException) Discard();
            LogScrubFailed(logger, e);
            var failure = watch.Failed("What was erased could not be removed from the files yet.", e);
            foreach (var write in scrubbing) write.Fail(failure);
        }

        scrubbing.Clear();
        var ended = Environment.TickCount64;
        scrubAt = ended + (RestPerScrub * (ended - began));
    }

    private void Discard()
    {
        totals.Rollback();
        file.GiveUpConnections();
        try
        {
            tables?.Dispose();
        }
        catch (Exception e)
        {
            LogDiscardFailed(logger, e);
        }

        tables = null;
    }
}
