using ToolRuntime.Gateway.Recordings;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Live;

/// <summary>
/// One who watches an execution. There is no queue: it has a cursor, and what it is sent is awaited. Who is slow gets a picture of how it is by then, not what came between.
/// </summary>
/// <param name="views">Where it comes from.</param>
/// <param name="session">Of which session.</param>
/// <param name="execution">Which execution.</param>
/// <param name="through">What takes out what the viewer may not see; null: nothing.</param>
/// <param name="holds">Whether the viewer may still look.</param>
/// <param name="send">Sends a message, and returns when the viewer can take the next.</param>
internal sealed class LiveViewer(
    LiveViews views, SessionKey session, string execution, Func<IRecordingWriter, IRecordingWriter>? through, Func<CancellationToken, Task<bool>> holds,
    Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> send)
{
    /// <summary>So many frames in a row come out of the log until a picture is less than them.</summary>
    private const int MostFromLog = 8;

    private long checkedAt = views.Time.GetTimestamp();

    private TimeSpan Recheck => TimeSpan.FromMilliseconds(views.Options.RecheckMs);

    /// <summary>Shows it until it ends, or whoever looks may not any more. Returns why the connection is closed.</summary>
    public async Task<(LiveClose Code, string Reason)> RunAsync(CancellationToken cancellationToken)
    {
        SessionTail? tail = null;
        try
        {
            await send(Alis.Magic, cancellationToken);
            while (true)
            {
                var snapshot = await views.LookAsync(session, execution, cancellationToken);
                if (snapshot.Value is not { } now) return Closing(snapshot.Error!);
                var following = await views.FollowAsync(session, execution, now, cancellationToken);
                if (following.Value is not { } next) return Closing(following.Error!);
                // The one before ends last: the gateway keeps what both read.
                if (tail is not null) await tail.DisposeAsync();
                tail = next;
                var screen = new LiveScreen();
                var way = through?.Invoke(screen) ?? screen;
                screen.Begin(now, execution, way, wary: through is not null);
                var slow = await SendAsync(screen, cancellationToken);
                if (await ShowAsync(screen, way, tail, slow, cancellationToken) is { } close) return close;
            }
        }
        finally
        {
            if (tail is not null) await tail.DisposeAsync();
        }
    }

    /// <summary>Why a viewer is turned away.</summary>
    public static (LiveClose Code, string Reason) Closing(Rejection refusal) => refusal.Code switch
    {
        ErrorCode.NotFound => (LiveClose.Gone, "There is nothing to see here"),
        ErrorCode.Forbidden => (LiveClose.Forbidden, "This is not for you to see"),
        ErrorCode.Unauthenticated => (LiveClose.Unauthenticated, "Credentials are needed"),
        ErrorCode.Conflict => (LiveClose.Gone, "This link shows no more than was there when it was made"),
        _ => (LiveClose.TryAgain, "Try again later"),
    };

    /// <summary>Shows what happens; null when a new picture is due.</summary>
    private async Task<(LiveClose Code, string Reason)?> ShowAsync(LiveScreen screen, IRecordingWriter way, SessionTail tail, bool slow, CancellationToken cancellationToken)
    {
        for (var fromLog = 0; !screen.Ended;)
        {
            var outcome = await tail.NextAsync(Recheck, cancellationToken);
            if (views.Time.GetElapsedTime(checkedAt) >= Recheck)
            {
                if (!await holds(cancellationToken)) return (LiveClose.Gone, "The link has ended");
                checkedAt = views.Time.GetTimestamp();
            }

            if (outcome == ReadOutcome.Lost) return null;
            if (outcome != ReadOutcome.Frame) continue;
            fromLog = tail.Frame.IsLive ? 0 : fromLog + 1;
            if (slow || fromLog > MostFromLog) return null;
            foreach (var happened in tail.Frame.Events) if (!screen.Ended) way.Take(happened);
            slow = await SendAsync(screen, cancellationToken);
        }

        return screen.Gone ? (LiveClose.Gone, "The session was reset") : (LiveClose.Ended, "Ended");
    }

    /// <summary>Sends what there is; whether that took too long.</summary>
    private async Task<bool> SendAsync(LiveScreen screen, CancellationToken cancellationToken)
    {
        var began = views.Time.GetTimestamp();
        foreach (var message in screen.Messages) await send(message, cancellationToken);
        screen.Clear();
        return views.Time.GetElapsedTime(began).TotalMilliseconds > views.Options.LagMs;
    }
}
