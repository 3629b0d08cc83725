using System.Text.Json;
using ToolRuntime.SessionLog;

namespace ToolRuntime.Sessions;

/// <summary>
/// Reads a session's state: the snapshot, if its continuation is kept, and the entries after it. Another epoch's is passed over, unless the log was trimmed:
/// then the epoch was renewed and its first snapshot did not come to be, and nothing else holds what was before.
/// </summary>
internal static class SessionReplay
{
    private static readonly LogReadLimits Page = new(1_000, 4 << 20);

    public static async Task<SessionState> ReadAsync(ISessionLog log, SessionKey session, LogHeader header, SessionStore snapshot, CancellationToken cancellationToken)
    {
        var state = Restore(snapshot, header) ?? new SessionState { Head = header.First - 1 };
        state = state with { Members = header.Members };
        while (state.Head < header.Head)
        {
            var page = await log.ReadAsync(session, state.Head, Page, cancellationToken);
            if (page.Entries.IsEmpty) throw new SessionLogUnavailableException($"The log of {session} ends at {state.Head}, before its head {header.Head}.");
            foreach (var entry in page.Entries)
            {
                if (entry.Event.Seq != state.Head + 1) throw new SessionLogUnavailableException($"The log of {session} has a hole after {state.Head}.");
                var (happened, note) = SessionEncoding.Decode(entry);
                state = SessionFold.Apply(state, happened, note);
            }
        }

        return state.Title is null && SessionTitles.Derive(state) is ({ Length: > 0 } title, var of) ? state with { Title = title, TitleOf = of } : state;
    }

    /// <summary>Whether the log ends before a snapshot of the same epoch, which was made of committed entries: then the store went back in time.</summary>
    public static bool WentBack(LogHeader header, SessionStore snapshot) => snapshot.Epoch == header.Epoch && snapshot.Seq > header.Head;

    public static byte[] Save(SessionState state) => JsonSerializer.SerializeToUtf8Bytes(state, StateJsonContext.Default.SessionState);

    private static SessionState? Restore(SessionStore snapshot, LogHeader header) =>
        (snapshot.Epoch == header.Epoch || header.First > 1) && snapshot.Seq >= header.First - 1 && snapshot.Seq <= header.Head && snapshot.State.Length > 0
            ? JsonSerializer.Deserialize(snapshot.State, StateJsonContext.Default.SessionState)
            : null;
}
