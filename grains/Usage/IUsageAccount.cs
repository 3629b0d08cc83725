using System.Collections.Immutable;

namespace ToolRuntime.Usage;

/// <summary>What silos ask of an account; its key is a <see cref="UsageKey"/>.</summary>
[Alias("toolruntime.IUsageAccount")]
internal interface IUsageAccount : IGrainWithStringKey
{
    /// <summary>
    /// Adds what a silo has gathered, then decides about calls that want to begin. It is stored when this returns, and a report that is
    /// repeated counts once.
    /// </summary>
    [Alias("Report"), ResponseTimeout("00:00:05")]
    Task<UsageAnswer> ReportAsync(UsageReport report);

    /// <summary>Forgets all.</summary>
    [Alias("Clear")]
    Task ClearAsync();
}

/// <summary>What a silo has gathered.</summary>
/// <param name="Sender">The silo, of one life.</param>
/// <param name="Number">Grows with each of the sender's reports.</param>
/// <param name="Rows">What is new.</param>
/// <param name="Asks">Calls that want to begin; those that may are counted.</param>
/// <param name="WantsTotals">Whether the answer is to tell what the account comes to.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.UsageReport")]
internal sealed record UsageReport(
    string Sender, long Number, ImmutableArray<UsageRow> Rows, ImmutableArray<UsageAsk> Asks, bool WantsTotals);

/// <summary>A call that wants to begin.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.UsageAsk")]
internal sealed record UsageAsk(DateOnly Day, string Tool, decimal Price);

/// <summary>What became of a report.</summary>
/// <param name="Refused">For each that asked, the quota that is full; null where it may begin.</param>
/// <param name="Totals">What the account comes to.</param>
[GenerateSerializer, Immutable, Alias("toolruntime.UsageAnswer")]
internal sealed record UsageAnswer(ImmutableArray<QuotaStanding?> Refused, UsageTotals? Totals);
