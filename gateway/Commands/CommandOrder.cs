using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Commands;

/// <summary>
/// Keeps the commands of one connection to one session in the order in which they were sent. Calls to a grain that is active keep it by
/// themselves and go side by side;
/// but a call to a grain that is still being placed can be overtaken by the next one, and one that is repeated comes after all that
/// followed it.
/// So as long as no answer shows that the session's grain is there, a command waits for the answer to the one before. A grain in another
/// process may move at any
/// moment, and its calls go different ways meanwhile: there each command waits.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="fresh">How long an answer counts as a sign that the grain is active; zero where grains are in other processes.</param>
internal sealed class CommandOrder(TimeProvider time, TimeSpan fresh)
{
    /// <summary>Within the silo's process; far below the age at which idle grains are collected.</summary>
    public static readonly TimeSpan InProcess = TimeSpan.FromSeconds(1);

    private const int Kept = 64;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Lane> lanes = [];

    /// <summary>Runs <paramref name="call"/> when its turn has come. <paramref name="call"/> has sent its grain call when it
    /// returns.</summary>
    public async Task<SessionReply<T>> RunAsync<T>(string session, Func<Task<SessionReply<T>>> call)
    {
        var lane = Enter(session, out var turn);
        if (turn is not null) await turn.Task;
        var answered = false;
        try
        {
            var reply = await call();
            answered = reply.Error is not { Retryable: true };
            return reply;
        }
        finally
        {
            Leave(lane, answered);
        }
    }

    private Lane Enter(string session, out TaskCompletionSource? turn)
    {
        lock (gate)
        {
            if (!lanes.TryGetValue(session, out var lane))
            {
                if (lanes.Count >= Kept) Prune();
                lanes[session] = lane = new();
            }

            turn = null;
            if (lane.Waiting.Count == 0 && !lane.Releasing && (lane.Running == 0 || IsFresh(lane)))
            {
                lane.Running++;
            }
            else
            {
                lane.Waiting.Enqueue(turn = new()); // its continuation runs within Leave, so that turns are taken in order
            }

            return lane;
        }
    }

    private void Leave(Lane lane, bool answered)
    {
        lock (gate)
        {
            lane.Running--;
            lane.AnsweredAt = answered ? time.GetTimestamp() : null;
            if (lane.Releasing) return;
            lane.Releasing = true;
        }

        while (Next(lane) is { } turn) turn.SetResult();
    }

    private TaskCompletionSource? Next(Lane lane)
    {
        lock (gate)
        {
            if (lane.Waiting.Count > 0 && (lane.Running == 0 || IsFresh(lane)))
            {
                lane.Running++;
                return lane.Waiting.Dequeue();
            }

            lane.Releasing = false;
            return null;
        }
    }

    private bool IsFresh(Lane lane) => lane.AnsweredAt is { } at && time.GetElapsedTime(at) < fresh;

    private void Prune()
    {
        foreach (var session in lanes.Where(lane => lane.Value is { Running: 0, Waiting.Count: 0 } && !IsFresh(lane.Value)).Select(lane => lane.Key).ToList()) lanes.Remove(session);
    }

    private sealed class Lane
    {
        public Queue<TaskCompletionSource> Waiting { get; } = new();

        public int Running { get; set; }

        public bool Releasing { get; set; }

        public long? AnsweredAt { get; set; }
    }
}
