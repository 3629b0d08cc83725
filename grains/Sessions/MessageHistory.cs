using ToolRuntime.Messages;
using ToolRuntime.SessionLog;
using ToolRuntime.Views;

namespace ToolRuntime.Sessions;

/// <summary>Makes a message's view of what the log keeps about it, by the same fold as a session's grain; messages that a session's view has dropped are found so.</summary>
public static class MessageHistory
{
    /// <summary>
    /// The message as in a session's view, but without what its model thought, and without <c>roundOffset</c> once it has ended: nothing follows that would need it.
    /// </summary>
    public static MessageView ViewOf(MessageEntries message)
    {
        ArgumentNullException.ThrowIfNull(message);
        MessageState? state = null;
        foreach (var entry in message.Entries)
        {
            var (happened, note) = SessionEncoding.Decode(entry);
            state = state is null ? SessionFold.Create(happened, note) : SessionFold.Evolve(state, happened, note);
        }

        var view = SessionViews.Of((state ?? throw new InvalidOperationException($"Nothing is kept about {message.Id}.")) with { Batches = state.Deleted ? [] : message.Batches });
        return state.IsFinal ? view with { RoundOffset = null } : view;
    }
}
