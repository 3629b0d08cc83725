using System.Collections.Immutable;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Sessions;

/// <summary>
/// Writes a session's entries to its log: one append at a time, with all that has gathered meanwhile. Runs on the grain's scheduler.
/// After a failed or doubtful append it takes nothing more; the next activation reads the log again.
/// </summary>
internal sealed class SessionWriter(
    ISessionLog log, SessionKey session, string token, long head, Action<ImmutableArray<LogEntry>> committed, Action<Exception> lost)
{
    private const int MaxEntries = 1_024;

    private readonly Queue<Write> waiting = new();
    private Task running = Task.CompletedTask;
    private Task last = Task.CompletedTask;
    private Exception? fault;

    /// <summary>The last seq that is durable.</summary>
    public long Head { get; private set; } = head;

    public string Token { get; private set; } = token;

    /// <summary>Goes on under another token, once nothing is in flight.</summary>
    public void Renew(string renewed) => Token = renewed;

    public bool IsLost => fault is not null;

    /// <summary>Completes when the entries are durable.</summary>
    public Task WriteAsync(ImmutableArray<LogEntry> entries, HeaderChange? header)
    {
        if (fault is not null) return Task.FromException(fault);
        var write = new Write(entries, header, new(TaskCreationOptions.RunContinuationsAsynchronously));
        waiting.Enqueue(write);
        last = write.Done.Task;
        if (running.IsCompleted) running = FlushAsync();
        return write.Done.Task;
    }

    /// <summary>Completes when everything that was written before the call is durable.</summary>
    public Task CommittedAsync() => fault is not null ? Task.FromException(fault) : last;

    private async Task FlushAsync()
    {
        var group = new List<Write>();
        while (waiting.Count > 0)
        {
            group.Clear();
            var entries = ImmutableArray.CreateBuilder<LogEntry>();
            HeaderChange? header = null;
            while (waiting.TryPeek(out var next) && (entries.Count == 0 || entries.Count + next.Entries.Length <= MaxEntries))
            {
                entries.AddRange(next.Entries);
                header = HeaderChange.Merge(header, next.Header);
                group.Add(waiting.Dequeue());
            }

            await AppendAsync(entries.DrainToImmutable(), header, group);
        }
    }

    private async Task AppendAsync(ImmutableArray<LogEntry> entries, HeaderChange? header, List<Write> group)
    {
        try
        {
            var outcome = await log.AppendAsync(session, Token, Head, entries, header);
            if (outcome != AppendOutcome.Committed)
            {
                throw new SessionLogUnavailableException($"The session has another writer ({outcome}).");
            }
        }
        catch (Exception exception)
        {
            Fail(exception as SessionLogUnavailableException
                ?? new SessionLogUnavailableException("The session's log failed.", exception), group);
            return;
        }

        Head += entries.Length;
        committed(entries);
        foreach (var write in group) write.Done.SetResult();
    }

    private void Fail(SessionLogUnavailableException exception, List<Write> group)
    {
        fault = exception;
        foreach (var write in group) write.Fail(exception);
        while (waiting.TryDequeue(out var write)) write.Fail(exception);
        lost(exception);
    }

    private sealed record Write(ImmutableArray<LogEntry> Entries, HeaderChange? Header, TaskCompletionSource Done)
    {
        public void Fail(Exception exception)
        {
            Done.SetException(exception);
            // Some writes are nobody's to await (progress figures); their fault was seen here.
            _ = Done.Task.Exception;
        }
    }
}
