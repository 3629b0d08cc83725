using ToolRuntime.Gateway.Commands;
using ToolRuntime.SessionLog;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Sessions;

/// <summary>Opens tails, repeating what fails for a moment.</summary>
internal sealed class SessionTails(SessionFeeds feeds, ISessionLog log, CommandRetry retry, TimeProvider time)
{
    public Task<SessionReply<SessionTail>> OpenAsync(SessionKey key, SessionPosition position, CancellationToken cancellationToken) =>
        OpenAsync(key, position, ReaderSettings.Everything, cancellationToken);

    /// <summary>The same, of what the settings let through.</summary>
    public Task<SessionReply<SessionTail>> OpenAsync(SessionKey key, SessionPosition position, ReaderSettings settings, CancellationToken cancellationToken) =>
        retry.RunAsync(async () => new SessionReply<SessionTail>(await SessionTail.OpenAsync(key, position, settings, feeds, log, time), null), cancellationToken);

    /// <summary>A tail that begins with the event <paramref name="first"/> of the current epoch.</summary>
    public async Task<SessionReply<SessionTail>> OpenAtAsync(SessionKey key, long first, CancellationToken cancellationToken)
    {
        var header = await retry.RunAsync(async () => await log.GetHeaderAsync(key, cancellationToken) is { } found
            ? new SessionReply<LogHeader>(found, null)
            : new(null, Gone), cancellationToken);
        return header.Value is { } current
            ? await OpenAsync(key, new(current.Epoch, first - 1), cancellationToken)
            : new(null, header.Error);
    }

    private static Rejection Gone => new(ErrorCode.NotFound, "There is no such session.");
}
