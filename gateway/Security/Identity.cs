using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Security;

/// <summary>Who a request comes from, as authenticated; never from its content.</summary>
internal sealed record Identity(string Tenant, string Subject, bool AllSessions)
{
    public Caller Caller { get; } = new(Subject, AllSessions);

    /// <summary>Who sent a request that came past the <see cref="AccessGuard"/>.</summary>
    public static Identity Of(HttpContext context) => context.Features.Get<Identity>() ?? throw new InvalidOperationException("The request was not authenticated.");

    /// <summary>The key of one of the tenant's sessions.</summary>
    public SessionKey Key(string session) => new(Tenant, session);
}
