using ToolRuntime.Events;
using ToolRuntime.SessionLog;
using ToolRuntime.Views;

namespace ToolRuntime.Sessions;

/// <summary>How a session is shown in lists.</summary>
internal static class SessionLabels
{
    public static SessionLabel Of(SessionState state) => new(state.Title, ActivityOf(state));

    private static SessionActivity ActivityOf(SessionState state)
    {
        var open = state.OpenBatches.Select(id => state.Batches[id]).ToList();
        if (open.Exists(batch => batch.Counts.AwaitingApproval > 0)) return SessionActivity.Waiting;
        if (open.Count > 0 || !state.OpenReplies.IsEmpty)
        {
            var paused = open.TrueForAll(batch => batch.Status == BatchStatus.Paused) && state.OpenReplies.All(id => state.Messages[id].Paused || open.Exists(batch => batch.MessageId == id));
            return paused ? SessionActivity.Paused : SessionActivity.Running;
        }

        return LastFailed(state) ? SessionActivity.Failed : SessionActivity.Idle;
    }

    /// <summary>Whether the last that ended, a reply or a batch of none, has failed.</summary>
    private static bool LastFailed(SessionState state)
    {
        var reply = state.MessageOrder.IsEmpty ? null : state.Messages[state.MessageOrder[^1]];
        var batch = state.FreeBatches.IsEmpty ? null : state.Batches[state.FreeBatches[^1]];
        if (batch is not null && (reply is null || batch.StartedAt > reply.At)) return batch.Status is BatchStatus.Failed or BatchStatus.TimedOut;
        if (reply is null || reply.Deleted) return false;
        return reply.Status == MessageStatus.Error || (reply.Batches.LastOrDefault() is { } last && state.Batches.GetValueOrDefault(last)?.Status is BatchStatus.Failed or BatchStatus.TimedOut);
    }
}
