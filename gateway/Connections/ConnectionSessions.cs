using ToolRuntime.Gateway.Sessions;

namespace ToolRuntime.Gateway.Connections;

/// <summary>The sessions that a connection has open. Opening and closing of one session take turns; different sessions do not wait for each other.</summary>
internal sealed class ConnectionSessions(SessionFeeds feeds, int limit)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, SessionReader> open = [];
    private readonly Dictionary<string, Task> turns = [];
    private bool ended;

    /// <summary>Bounds how many snapshots a connection may have on their way.</summary>
    public SemaphoreSlim Opening { get; } = new(4);

    public SessionReader? Find(string session)
    {
        lock (gate) return open.GetValueOrDefault(session);
    }

    /// <summary>Their names, in order.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (gate) return [.. open.Keys.Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Whether one more session may be opened.</summary>
    public bool HasRoom
    {
        get
        {
            lock (gate) return open.Count < limit;
        }
    }

    /// <summary>Attaches a reader to its session's feed in place of an earlier one.</summary>
    public async Task AttachAsync(SessionReader reader)
    {
        await feeds.AttachAsync(reader);
        SessionReader? unwanted;
        lock (gate)
        {
            unwanted = ended ? reader : open.GetValueOrDefault(reader.Key.Session);
            if (!ended) open[reader.Key.Session] = reader;
        }

        if (unwanted is not null) await feeds.DetachAsync(unwanted);
    }

    /// <summary>Detaches a session's reader; false if the session is not open here.</summary>
    public async Task<bool> DetachAsync(string session)
    {
        SessionReader? reader;
        lock (gate) open.Remove(session, out reader);
        if (reader is not null) await LeaveAsync(reader);
        return reader is not null;
    }

    /// <summary>Drops the reader of a session that was deleted; false if it is not the one that is open here.</summary>
    public bool Forget(SessionReader reader)
    {
        lock (gate) return open.GetValueOrDefault(reader.Key.Session) == reader && open.Remove(reader.Key.Session);
    }

    /// <summary>Runs <paramref name="work"/> after all earlier work on the session.</summary>
    public async Task<T> InTurnAsync<T>(string session, Func<Task<T>> work)
    {
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task before;
        lock (gate)
        {
            before = turns.GetValueOrDefault(session, Task.CompletedTask);
            turns[session] = mine.Task;
        }

        try
        {
            await before;
            return await work();
        }
        finally
        {
            lock (gate)
            {
                if (turns[session] == mine.Task) turns.Remove(session);
            }

            mine.SetResult();
        }
    }

    /// <summary>Detaches everything, what is being opened included.</summary>
    public async Task EndAsync()
    {
        SessionReader[] readers;
        lock (gate)
        {
            ended = true;
            readers = [.. open.Values];
            open.Clear();
        }

        foreach (var reader in readers) await LeaveAsync(reader);
    }

    private async Task LeaveAsync(SessionReader reader)
    {
        await feeds.DetachAsync(reader);
        Presence.Left(reader);
    }
}
