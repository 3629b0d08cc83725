using System.Collections.Immutable;

namespace ToolRuntime.Usage;

/// <summary>An account; its key is a <see cref="UsageKey"/>.</summary>
[Alias("toolruntime.IUsageGrain")]
public interface IUsageGrain : IGrainWithStringKey
{
    /// <summary>What has been reported; silos report about each second. An account that was never used is empty.</summary>
    [Alias("Get"), ResponseTimeout("00:00:05")]
    Task<UsageStatement> GetAsync();
}

/// <summary>An account as it is.</summary>
/// <param name="Rows">By day and tool, in that order.</param>
/// <param name="Quotas">Where it stands, of this day and this month; empty in accounts of other months.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.UsageStatement")]
public sealed record UsageStatement(ImmutableArray<UsageRow> Rows, ImmutableArray<QuotaStanding> Quotas);

/// <summary>A quota and what is used of it.</summary>
/// <param name="Scope">Whose: <c>tenant</c>, <c>user</c>, <c>tenant_tool</c> (one tool in the tenant), <c>user_tool</c>.</param>
/// <param name="Tool">The tool, where it is of one.</param>
/// <param name="Measure">What: <c>calls</c>, <c>seconds</c>, <c>bytes</c>, <c>money</c>.</param>
/// <param name="Period"><c>day</c> or <c>month</c>, in UTC.</param>
/// <param name="Limit">How much is allowed.</param>
/// <param name="Used">How much is used.</param>
/// <param name="Until">When the next period begins.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.QuotaStanding")]
public sealed record QuotaStanding(
    string Scope, string? Tool, string Measure, string Period, decimal Limit, decimal Used, DateTimeOffset Until);
