namespace ToolRuntime.Engine.Calls;

/// <summary>A call's neighbours in its list and when it ends.</summary>
internal struct TimeoutLink
{
    public Call? Previous;
    public Call? Next;
    public TimeoutList? List;
    public long SentAt;

    public readonly bool IsLinked => Volatile.Read(in List) is not null;
}

/// <summary>Calls with the same time-out, oldest first, so that only the head has to be looked at.</summary>
internal sealed class TimeoutList(TimeSpan timeout)
{
    public TimeSpan Timeout { get; } = timeout;

    public Call? Head;
    public Call? Tail;
}

/// <summary>Ends calls whose answer does not come. No timer per call: one coarse timer runs while calls are under way.</summary>
internal sealed class ResponseTimeouts : IDisposable
{
    private static readonly TimeSpan Resolution = TimeSpan.FromMilliseconds(250);

    private readonly TimeProvider clock;
    private readonly ITimer timer;
    private readonly Lock gate = new();
    private TimeoutList[] lists = [];
    private int count;
    private long now;
    private bool armed;

    public ResponseTimeouts(TimeProvider clock)
    {
        this.clock = clock;
        now = clock.GetTimestamp();
        using (ExecutionContext.SuppressFlow())
            timer = clock.CreateTimer(static timeouts => ((ResponseTimeouts)timeouts!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Add(Call call, TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero || timeout == TimeSpan.MaxValue)
            return;
        lock (gate)
        {
            var list = ListOf(timeout);
            if (!armed)
            {
                // The coarse clock stands still while nothing is under way.
                now = clock.GetTimestamp();
                armed = true;
                timer.Change(Resolution, Timeout.InfiniteTimeSpan);
            }
            call.Link.SentAt = now;
            call.Link.Previous = list.Tail;
            if (list.Tail is null)
                list.Head = call;
            else
                list.Tail.Link.Next = call;
            list.Tail = call;
            call.Link.List = list;
            count++;
        }
    }

    public void Remove(Call call)
    {
        lock (gate)
            RemoveLocked(call);
    }

    public void Dispose() => timer.Dispose();

    private void RemoveLocked(Call call)
    {
        ref var link = ref call.Link;
        if (link.List is not { } list)
            return;
        if (link.Previous is null)
            list.Head = link.Next;
        else
            link.Previous.Link.Next = link.Next;
        if (link.Next is null)
            list.Tail = link.Previous;
        else
            link.Next.Link.Previous = link.Previous;
        link = default;
        count--;
    }

    private void Expire()
    {
        List<(Call Call, TimeSpan Timeout)>? expired = null;
        lock (gate)
        {
            now = clock.GetTimestamp();
            foreach (var list in lists)
            {
                while (list.Head is { } oldest && clock.GetElapsedTime(oldest.Link.SentAt, now) >= list.Timeout)
                {
                    RemoveLocked(oldest);
                    (expired ??= []).Add((oldest, list.Timeout));
                }
            }
            armed = count > 0;
            if (armed)
                timer.Change(Resolution, Timeout.InfiniteTimeSpan);
        }
        foreach (var (call, timeout) in expired ?? [])
            call.TimeOut(timeout);
    }

    private TimeoutList ListOf(TimeSpan timeout)
    {
        foreach (var list in lists)
        {
            if (list.Timeout == timeout)
                return list;
        }
        lists = [.. lists, new(timeout)];
        return lists[^1];
    }
}
