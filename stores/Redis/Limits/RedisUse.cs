using StackExchange.Redis;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Stores.Redis.Limits;

/// <summary>
/// What this process holds of one thing. One question is on its way at a time; what comes meanwhile gathers, and shares the next one.
/// </summary>
internal sealed class RedisUse(RedisKey key, string holder, RedisLimitConnection connection, int leaseMs, TimeProvider time)
{
    private static readonly RedisScript Script = RedisScript.Of("use");

    /// <summary>How old what is known of others may be, where it only decides whether to begin: to let in, and to refuse.</summary>
    private static readonly TimeSpan FreshForMore = TimeSpan.FromSeconds(1), FreshForNoMore = TimeSpan.FromMilliseconds(100);

    private readonly Lock gate = new();
    private readonly Queue<Request> requests = new();
    private int held, told, others;
    private long? learntAt;
    private bool asking, due;

    /// <summary>When somebody asked for it last.</summary>
    public long UsedAt { get; set; }

    /// <summary>Whether there is nothing to remember.</summary>
    public bool Idle
    {
        get
        {
            lock (gate) return held == 0 && told == 0 && !asking && requests.Count == 0;
        }
    }

    public int Count
    {
        get
        {
            lock (gate) return held + others;
        }
    }

    public ValueTask<int> AddAsync(int wanted, int limit)
    {
        if (limit > 0) return new(AskAsync(wanted, limit));
        lock (gate) held += wanted;
        return new(wanted);
    }

    /// <summary>Takes some whatever the limit, and tells.</summary>
    public void Add(int count)
    {
        lock (gate) (held, due) = (held + count, true);
        Ask();
    }

    public void Remove(int count)
    {
        lock (gate)
        {
            held -= count;
            if (told == 0) return;
            due = true;
        }

        Ask();
    }

    /// <summary>Learns what others hold, if that is not known well enough.</summary>
    public async ValueTask LookAsync(int limit)
    {
        lock (gate)
        {
            var fresh = held + others < limit ? FreshForMore : FreshForNoMore;
            if (learntAt is { } at && time.GetElapsedTime(at) < fresh) return;
        }

        await AskAsync(0, int.MaxValue).ConfigureAwait(false);
    }

    /// <summary>Tells again what is held. What was only ever held without a limit, Redis does not know.</summary>
    public void Renew()
    {
        lock (gate)
        {
            if (told == 0) return;
            due = true;
        }

        Ask();
    }

    /// <summary>Gives everything back, as the process ends.</summary>
    public async Task LeaveAsync()
    {
        lock (gate)
        {
            held = 0;
            if (told == 0) return;
        }

        try
        {
            await AskAsync(0, int.MaxValue).ConfigureAwait(false);
        }
        catch (SessionLogUnavailableException)
        {
            // Its lease ends by itself.
        }
    }

    private Task<int> AskAsync(int wanted, int limit)
    {
        var request = new Request(wanted, limit, new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (gate) requests.Enqueue(request);
        Ask();
        return request.Granted.Task;
    }

    private void Ask()
    {
        lock (gate)
        {
            if (asking) return;
            asking = true;
        }

        Background.Run(RunAsync(), connection.Logger);
    }

    private async Task RunAsync()
    {
        while (true)
        {
            var group = new List<Request>();
            int mine, limit;
            lock (gate)
            {
                if (requests.Count == 0 && !due)
                {
                    asking = false;
                    return;
                }

                (due, mine, limit) = (false, held, requests.Count > 0 ? requests.Peek().Limit : int.MaxValue);
                while (requests.TryPeek(out var next) && next.Limit == limit) group.Add(requests.Dequeue());
                // Until there is an answer it may be so.
                told = Math.Max(told, mine + group.Sum(request => request.Wanted));
            }

            try
            {
                await AskOnceAsync(group, mine, limit).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                Fail(group, e);
            }
        }
    }

    private async Task AskOnceAsync(List<Request> group, int mine, int limit)
    {
        var wanted = group.Sum(request => request.Wanted);
        var answer = (RedisResult[])(await connection.RunAsync(Script, key, holder, mine, wanted, limit, leaseMs).ConfigureAwait(false))!;
        var granted = (int)answer[0];
        lock (gate)
        {
            held += granted;
            told = mine + granted;
            (others, learntAt) = ((int)answer[1], time.GetTimestamp());
        }

        foreach (var request in group)
        {
            var part = Math.Min(granted, request.Wanted);
            granted -= part;
            request.Granted.SetResult(part);
        }
    }

    /// <summary>All who wait have waited long enough. What Redis has by now is put right with the next question.</summary>
    private void Fail(List<Request> group, Exception e)
    {
        lock (gate)
        {
            group.AddRange(requests);
            requests.Clear();
            due = false;
        }

        foreach (var request in group) request.Granted.SetException(e);
    }

    private sealed record Request(int Wanted, int Limit, TaskCompletionSource<int> Granted);
}
