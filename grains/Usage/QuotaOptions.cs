using System.ComponentModel.DataAnnotations;

namespace ToolRuntime.Usage;

/// <summary>How much calls of tools may use in a day or a month (UTC), over all silos; section <c>ToolRuntime:Quotas</c>.</summary>
public sealed class QuotaOptions
{
    /// <summary>Of each tenant as a whole. Default no quotas.</summary>
    public AccountQuota Tenant { get; set; } = new();

    /// <summary>Of each user of a tenant. Default no quotas.</summary>
    public AccountQuota User { get; set; } = new();

    /// <summary>Of tenants by name: what one says goes before the above, number by number; 0 lifts it.</summary>
    public IDictionary<string, TenantQuota> Tenants { get; } = new Dictionary<string, TenantQuota>(StringComparer.Ordinal);

    /// <summary>
    /// What becomes of calls while it can't be told what is used: they go on by what was known last (<c>Allow</c>) or fail
    /// (<c>Refuse</c>). Default <c>Allow</c>.
    /// </summary>
    public UnknownUsage WhenUnknown { get; set; } = UnknownUsage.Allow;

    /// <summary>How long a call waits for that at most. 50 ms to 1 min, default 2 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:01:00")]
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>What is wrong; null if nothing is.</summary>
    internal string? Fault() =>
        Tenant.Fault("Tenant") ?? User.Fault("User")
            ?? Tenants.Select(tenant => tenant.Value.Faults($"Tenants:{tenant.Key}")).FirstOrDefault(fault => fault is not null);
}

/// <summary>What becomes of a call whose quotas can't be asked.</summary>
public enum UnknownUsage
{
    /// <summary>It goes on.</summary>
    Allow,

    /// <summary>It fails with <c>unavailable</c>.</summary>
    Refuse,
}

/// <summary>Quotas of one tenant.</summary>
public sealed class TenantQuota : AccountQuota
{
    /// <summary>Of each of its users.</summary>
    public AccountQuota User { get; set; } = new();

    /// <summary>Of users by name: what one says goes before that of each.</summary>
    public IDictionary<string, AccountQuota> Users { get; } = new Dictionary<string, AccountQuota>(StringComparer.Ordinal);

    internal string? Faults(string name) =>
        Fault(name) ?? User.Fault($"{name}:User")
            ?? Users.Select(user => user.Value.Fault($"{name}:Users:{user.Key}")).FirstOrDefault(fault => fault is not null);
}

/// <summary>Quotas of a tenant or a user: of all tools together, and of single ones.</summary>
public class AccountQuota : PeriodQuota
{
    /// <summary>Of tools by name.</summary>
    public IDictionary<string, PeriodQuota> Tools { get; } = new Dictionary<string, PeriodQuota>(StringComparer.Ordinal);

    internal string? Fault(string name) =>
        FaultOf(name) ?? Tools.Select(tool => tool.Value.FaultOf($"{name}:Tools:{tool.Key}")).FirstOrDefault(fault => fault is not null);
}

/// <summary>Quotas of a day and of a month.</summary>
public class PeriodQuota
{
    /// <summary>From midnight to midnight, UTC.</summary>
    public QuotaAmounts Day { get; set; } = new();

    /// <summary>From the first to the last day of the month, UTC.</summary>
    public QuotaAmounts Month { get; set; } = new();

    internal string? FaultOf(string name) => Day.Fault($"{name}:Day") ?? Month.Fault($"{name}:Month");
}

/// <summary>How much; 0 means no quota, absent what the level above says.</summary>
public sealed class QuotaAmounts
{
    /// <summary>Calls; their retries are none.</summary>
    public long? Calls { get; set; }

    /// <summary>Seconds of all attempts.</summary>
    public decimal? Seconds { get; set; }

    /// <summary>Bytes of output and of published files.</summary>
    public long? Bytes { get; set; }

    /// <summary>Money, by <c>ToolRuntime:Tools:{name}:PricePerCall</c>.</summary>
    public decimal? Money { get; set; }

    internal string? Fault(string name) =>
        Calls < 0 || Seconds < 0 || Bytes < 0 || Money < 0 ? $"ToolRuntime:Quotas:{name} has a negative number." : null;
}
