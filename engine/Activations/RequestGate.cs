namespace ToolRuntime.Engine.Activations;

/// <summary>Says which requests of one activation may run together, and keeps those that wait. Used only in the activation's turns.</summary>
internal struct RequestGate(bool reentrant)
{
    private List<Request>? running;
    private Queue<Request>? waiting;
    private int runningReadOnly;
    private int waitingOutOfTurn;

    public readonly bool IsIdle => running is null or { Count: 0 };

    public readonly int WaitingCount => waiting?.Count ?? 0;

    public readonly IReadOnlyList<Request> Running => running ?? [];

    public readonly bool Admits(Request request) =>
        IsIdle || reentrant || request.AlwaysInterleaves || (request.IsReadOnly && runningReadOnly == running!.Count);

    public void Begin(Request request)
    {
        running ??= new(1);
        request.RunningIndex = running.Count;
        running.Add(request);
        if (request.IsReadOnly)
            runningReadOnly++;
    }

    public void End(Request request)
    {
        if (request.RunningIndex < 0)
            return;
        var last = running![^1];
        running[request.RunningIndex] = last;
        last.RunningIndex = request.RunningIndex;
        running.RemoveAt(running.Count - 1);
        request.RunningIndex = -1;
        if (request.IsReadOnly)
            runningReadOnly--;
    }

    public void Wait(Request request)
    {
        (waiting ??= new(1)).Enqueue(request);
        if (MayOvertake(request))
            waitingOutOfTurn++;
    }

    /// <summary>Takes the first waiting request that may run now. Those that may interleave overtake those that may not.</summary>
    public bool TryNext(out Request request)
    {
        request = null!;
        if (waiting is null or { Count: 0 })
            return false;
        if (Admits(waiting.Peek()))
        {
            request = waiting.Dequeue();
            if (MayOvertake(request))
                waitingOutOfTurn--;
            return true;
        }
        return waitingOutOfTurn > 0 && TryOvertake(out request);
    }

    public Queue<Request> TakeWaiting()
    {
        var taken = waiting ?? new();
        waiting = null;
        waitingOutOfTurn = 0;
        return taken;
    }

    private static bool MayOvertake(Request request) => request.AlwaysInterleaves || request.IsReadOnly;

    private bool TryOvertake(out Request request)
    {
        request = null!;
        for (var left = waiting!.Count; left > 0; left--)
        {
            var candidate = waiting.Dequeue();
            if (request is null && MayOvertake(candidate) && Admits(candidate))
                request = candidate;
            else
                waiting.Enqueue(candidate);
        }
        if (request is null)
            return false;
        waitingOutOfTurn--;
        return true;
    }
}
