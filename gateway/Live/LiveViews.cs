using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.Gateway.Sharing;
using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Live;

/// <summary>What live views are made of.</summary>
internal sealed class LiveViews(IClusterClient cluster, SessionTails tails, CommandRetry retry, IOptions<LiveOptions> options, TimeProvider time)
{
    public LiveOptions Options => options.Value;

    public TimeProvider Time => time;

    /// <summary>The execution as it is. Whoever asks may see it.</summary>
    public Task<SessionReply<SessionSnapshot>> LookAsync(SessionKey session, string execution, CancellationToken cancellationToken) => retry.RunAsync(
        () => cluster.GetGrain<ISessionGrain>(session.ToString()).GetExecutionViewAsync(execution, SharedLinks.Reader), session, null, cancellationToken);

    /// <summary>What happens to it after that.</summary>
    public Task<SessionReply<SessionTail>> FollowAsync(SessionKey session, string execution, SessionSnapshot after, CancellationToken cancellationToken) =>
        tails.OpenAsync(session, new(after.Epoch, after.Seq, after.Check), new ReaderSettings(null, TimeSpan.Zero, execution), cancellationToken);
}
