using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using ToolRuntime.Gateway.Commands;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Gateway.Sessions;
using ToolRuntime.Sessions;
using ToolRuntime.Shares;

namespace ToolRuntime.Gateway.Sharing;

/// <summary>What those who may read a session do with links to it.</summary>
internal sealed class ShareCalls(IClusterClient cluster, SessionOpener opener, CommandRetry retry, IOptions<ShareOptions> options, TimeProvider time)
{
    private static readonly Rejection Disabled = new(ErrorCode.Forbidden, "This server makes no links.");

    /// <summary>Makes a link; the token is told this once.</summary>
    public async Task<SessionReply<(Share Share, string Token)>> CreateAsync(Identity identity, string session, ShareRequest request, CancellationToken cancellationToken)
    {
        if (!options.Value.Enabled) return new(default, Disabled);
        var hours = request.Hours ?? Math.Min(options.Value.DefaultHours, options.Value.MaxHours);
        if (hours > options.Value.MaxHours) return new(default, new(ErrorCode.InvalidCommand, $"A link lasts {options.Value.MaxHours} hours at most."));
        var found = await opener.FindAsync(identity, session, cancellationToken);
        if (found.Value is not { } header) return new(default, found.Error);
        if (request.Execution is { } execution)
        {
            var known = await GetExecutionAsync(identity.Key(session), execution, cancellationToken);
            if (known.Error is { } refusal) return new(default, refusal);
        }

        if (request.From > header.Head || request.To > header.Head) return new(default, new(ErrorCode.InvalidCommand, $"The session's last event is {header.Head}."));
        // Of a session that goes on nobody knows yet what will be said; of an execution it is clear what it is.
        var to = request.To ?? (request.Follow || request.Execution is not null ? null : header.Head);
        var (now, token) = (Now(), ShareToken.New());
        var share = new Share(
            ShareToken.HashOf(token)!, EntityId.New("share"), identity.Subject, header.Epoch, header.Head, now, now.AddHours(hours), request.Execution, request.From, to, request.Label);
        var kept = await retry.RunAsync(() => Grain(identity, session).AddAsync(share, options.Value.PerSession), cancellationToken);
        return kept.Value is { } made ? new((made, token), null) : new(default, kept.Error);
    }

    /// <summary>The links that hold, of whoever's making.</summary>
    public async Task<SessionReply<ImmutableArray<Share>>> ListAsync(Identity identity, string session, CancellationToken cancellationToken)
    {
        var found = await opener.FindAsync(identity, session, cancellationToken);
        if (found.Value is not { } header) return new(default, found.Error);
        var list = await retry.RunAsync(async () => new SessionReply<ImmutableArray<Share>>(await Grain(identity, session).ListAsync(), null), cancellationToken);
        return list.Succeeded ? new([.. list.Value.Where(share => share.Epoch == header.Epoch)], null) : list;
    }

    /// <summary>Ends a link: one's own, or any of a session that one owns.</summary>
    public async Task<Rejection?> RevokeAsync(Identity identity, string session, string id, CancellationToken cancellationToken)
    {
        var found = await opener.FindAsync(identity, session, cancellationToken);
        if (found.Value is not { } header) return found.Error;
        var all = identity.AllSessions || header.Owner == identity.Subject;
        return (await retry.RunAsync(() => Grain(identity, session).RevokeAsync(id, all ? null : identity.Subject), cancellationToken)).Error;
    }

    private Task<SessionReply<SessionSnapshot>> GetExecutionAsync(SessionKey session, string execution, CancellationToken cancellationToken) => retry.RunAsync(
        () => cluster.GetGrain<ISessionGrain>(session.ToString()).GetExecutionViewAsync(execution, SharedLinks.Reader), session, null, cancellationToken);

    private ISharesGrain Grain(Identity identity, string session) => cluster.GetGrain<ISharesGrain>(identity.Key(session).ToString());

    private DateTimeOffset Now()
    {
        var now = time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond));
    }
}
