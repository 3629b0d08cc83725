using ToolRuntime.Sessions;

namespace ToolRuntime.Gateway.Security;

/// <summary>Who a request comes from, as authenticated; never from its content.</summary>
internal sealed class Identity(string tenant, string subject, Scope scopes, KeyUsage usage, KeyLimits limits, string? keyId)
{
    public string Tenant => tenant;

    public string Subject => subject;

    public Scope Scopes => scopes;

    public KeyLimits Limits => limits;

    /// <summary>What the holders of the key use at present.</summary>
    public KeyUsage Usage => usage;

    /// <summary>The key; null for the developer and for users' tokens.</summary>
    public string? KeyId => keyId;

    public bool AllSessions => Has(Scope.SessionsAll);

    public Caller Caller { get; } = new(
        subject, scopes.HasFlag(Scope.SessionsAll), new(limits.Executions, limits.OwnerBytes, limits.TenantBytes), scopes.HasFlag(Scope.HostProcesses));

    /// <summary>Who sent a request that came past the <see cref="AccessGuard"/>.</summary>
    public static Identity Of(HttpContext context) => Credential.Of(context).Identity;

    public bool Has(Scope needed) => (scopes & needed) == needed;

    public bool IsSameAs(Identity other) => tenant == other.Tenant && subject == other.Subject;

    /// <summary>The key of one of the tenant's sessions.</summary>
    public SessionKey Key(string session) => new(tenant, session);
}
