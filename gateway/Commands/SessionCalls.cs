using System.Collections.Immutable;
using ToolRuntime.Commands;
using ToolRuntime.Gateway.Security;
using ToolRuntime.Sessions;
using ToolRuntime.Tools;

namespace ToolRuntime.Gateway.Commands;

/// <summary>Calls to grains on behalf of clients, repeated within the command's budget.</summary>
internal sealed class SessionCalls(IClusterClient cluster, CommandRetry retry)
{
    /// <summary>The one way of commands to their session: what the identity may not do goes no further.</summary>
    public Task<SessionReply<JsonText>> ExecuteAsync(Identity identity, string session, string id, SessionCommand command, CancellationToken cancellationToken) =>
        CommandScopes.Refuse(identity, command) is { } refusal
            ? Task.FromResult(new SessionReply<JsonText>(default, refusal))
            : retry.RunAsync(() => Grain(identity, session).ExecuteAsync(id, command, identity.Caller), cancellationToken);

    public Task<SessionReply<JsonText>> GetExecutionAsync(Identity identity, string session, string executionId, CancellationToken cancellationToken) =>
        retry.RunAsync(() => Grain(identity, session).GetExecutionAsync(executionId, identity.Caller), cancellationToken);

    /// <summary>One attempt; the caller repeats.</summary>
    public Task<SessionReply<SessionSnapshot>> OpenOnceAsync(Identity identity, string session, SessionCursor? seen) => Grain(identity, session).OpenAsync(identity.Caller, seen);

    public Task<SessionReply<ImmutableArray<ToolDescriptor>>> ListToolsAsync(CancellationToken cancellationToken) =>
        retry.RunAsync(async () => new SessionReply<ImmutableArray<ToolDescriptor>>(await cluster.GetGrain<IToolCatalogGrain>("tools").ListAsync(), null), cancellationToken);

    private ISessionGrain Grain(Identity identity, string session) => cluster.GetGrain<ISessionGrain>(identity.Key(session).ToString());
}
