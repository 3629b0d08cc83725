namespace ToolRuntime.Tools.Providers;

/// <summary>
/// Whether a provider that something else stands in for is asked at all: not for a while after it has failed often in a row. Then one call tries.
/// </summary>
internal sealed class ProviderCircuit(TimeProvider time)
{
    private const int MostFailures = 5;
    private static readonly TimeSpan Break = TimeSpan.FromSeconds(30);

    private readonly Lock gate = new();
    private int failures;
    private long asked;

    /// <summary>Whether to ask now; who does says how it went.</summary>
    public bool MayAsk()
    {
        lock (gate)
        {
            if (failures >= MostFailures && time.GetElapsedTime(asked) < Break) return false;
            asked = time.GetTimestamp();
            return true;
        }
    }

    public void Answered()
    {
        lock (gate) failures = 0;
    }

    public void Failed()
    {
        lock (gate)
        {
            failures++;
            asked = time.GetTimestamp();
        }
    }
}
