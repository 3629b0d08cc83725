namespace ToolRuntime.Usage;

/// <summary>A call that is counted and about to begin. Taken back where it does not; disposing twice does no harm.</summary>
internal sealed class Charge(UsageLedger ledger, DateOnly day, string tool, decimal price) : IDisposable
{
    private int over;

    public DateOnly Day => day;

    public string Tool => tool;

    public decimal Price => price;

    /// <summary>Where it is counted.</summary>
    public List<UsageKey> Accounts { get; } = [];

    /// <summary>The call has begun.</summary>
    public void Keep() => Interlocked.Exchange(ref over, 1);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref over, 1) != 0) return;
        foreach (var key in Accounts) ledger.Add(key, day, tool, new() { Calls = -1, Money = -price });
    }
}
