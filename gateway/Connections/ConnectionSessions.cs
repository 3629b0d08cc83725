using ToolRuntime.Gateway.Sessions;

namespace ToolRuntime.Gateway.Connections;

/// <summary>
/// The sessions that a connection has open, and the executions that it follows, by <see cref="SessionReader.Name"/>. Opening and closing of one take turns; different ones do not wait for
/// each other.
/// </summary>
internal sealed class ConnectionSessions(SessionFeeds feeds, int limit)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, SessionReader> open = [];
    private readonly Dictionary<string, Task> turns = [];
    private bool ended;

    /// <summary>Bounds how many snapshots a connection may have on their way.</summary>
    public SemaphoreSlim Opening { get; } = new(4);

    public SessionReader? Find(string name)
    {
        lock (gate) return open.GetValueOrDefault(name);
    }

    /// <summary>The sessions' names, in order; of what is followed, too.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (gate) return [.. open.Values.Select(reader => reader.Key.Session).Distinct().Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Whether one more may be opened.</summary>
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
            unwanted = ended ? reader : open.GetValueOrDefault(reader.Name);
            if (!ended) open[reader.Name] = reader;
        }

        if (unwanted is not null) await feeds.DetachAsync(unwanted);
    }

    /// <summary>Detaches a reader; false if there is none of that name.</summary>
    public async Task<bool> DetachAsync(string name)
    {
        SessionReader? reader;
        lock (gate) open.Remove(name, out reader);
        if (reader is not null) await LeaveAsync(reader);
        return reader is not null;
    }

    /// <summary>Drops the reader of a session that was deleted; false if it is not the one that is open here.</summary>
    public bool Forget(SessionReader reader)
    {
        lock (gate) return open.GetValueOrDefault(reader.Name) == reader && open.Remove(reader.Name);
    }

    /// <summary>Runs <paramref name="work"/> after all earlier work on what has that name.</summary>
    public async Task<T> InTurnAsync<T>(string name, Func<Task<T>> work)
    {
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task before;
        lock (gate)
        {
            before = turns.GetValueOrDefault(name, Task.CompletedTask);
            turns[name] = mine.Task;
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
                if (turns[name] == mine.Task) turns.Remove(name);
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
