using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace ToolRuntime.Usage;

/// <summary>The quotas of the configuration, by account.</summary>
internal sealed class QuotaBook
{
    private readonly QuotaOptions options;
    private readonly AccountLimits? anyTenant, anyUser;
    private readonly ConcurrentDictionary<(string Tenant, string? Subject), AccountLimits?> named = new();

    public QuotaBook(IOptions<QuotaOptions> options)
    {
        this.options = options.Value;
        (anyTenant, anyUser) = (NoneIfEmpty(AccountLimits.Of(this.options.Tenant)), NoneIfEmpty(AccountLimits.Of(this.options.User)));
        IsEmpty = anyTenant is null && anyUser is null && this.options.Tenants.Count == 0;
    }

    /// <summary>Whether there are none at all.</summary>
    public bool IsEmpty { get; }

    public UnknownUsage WhenUnknown => options.WhenUnknown;

    public TimeSpan Patience => options.Patience;

    /// <summary>Those of a tenant, or of one of its users; null where it has none.</summary>
    public AccountLimits? Of(string tenant, string? subject)
    {
        if (!options.Tenants.TryGetValue(tenant, out var own)) return subject is null ? anyTenant : anyUser;
        // Only users that are named need limits of their own.
        var key = (tenant, subject is not null && !own.Users.ContainsKey(subject) ? "" : subject);
        return named.GetOrAdd(key, static (key, all) => all.Own(key.Tenant, key.Subject), this);
    }

    private AccountLimits? Own(string tenant, string? subject)
    {
        var own = options.Tenants[tenant];
        return NoneIfEmpty(subject is null
            ? AccountLimits.Of(own, options.Tenant)
            : AccountLimits.Of(own.Users.TryGetValue(subject, out var user) ? user : null, own.User, options.User));
    }

    private static AccountLimits? NoneIfEmpty(AccountLimits limits) => limits.IsEmpty ? null : limits;
}
