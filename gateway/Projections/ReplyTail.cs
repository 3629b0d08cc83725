using System.Runtime.CompilerServices;
using ToolRuntime.Events;
using ToolRuntime.Gateway.Sessions;

namespace ToolRuntime.Gateway.Projections;

/// <summary>Follows one reply in its session's log, from its message to its first end.</summary>
internal sealed class ReplyTail(SessionTail tail, string replyId) : IAsyncDisposable
{
    /// <summary>The message, as the rest of the server calls it.</summary>
    public string ReplyId => replyId;

    /// <summary>
    /// Its events as they come, some at a time; none after so much silence. It is over after the one that ends the reply, or without it where the
    /// reply can't be followed to its end: it was erased, or its place in the log is lost.
    /// </summary>
    public async IAsyncEnumerable<IReadOnlyList<SessionEvent>> ReadAsync(TimeSpan silence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var selection = new ReplySelection(replyId);
        while (!selection.Ended)
        {
            var outcome = await tail.NextAsync(silence, cancellationToken);
            if (outcome == ReadOutcome.Lost) yield break;
            if (outcome == ReadOutcome.Skipped) continue;
            var events = outcome == ReadOutcome.Nothing ? [] : tail.Frame.Events.Select(selection.Take).OfType<SessionEvent>().ToList();
            var nothing = outcome == ReadOutcome.Frame && events.Count == 0;
            tail.Frame.Clear();
            if (!nothing) yield return events;
        }
    }

    public ValueTask DisposeAsync() => tail.DisposeAsync();
}
