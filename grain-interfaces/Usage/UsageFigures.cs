using System.Text.Json.Serialization;

namespace ToolRuntime.Usage;

/// <summary>What calls of tools used, summed. A difference may be negative.</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.UsageFigures")]
public sealed record UsageFigures
{
    /// <summary>Nothing.</summary>
    public static UsageFigures None { get; } = new();

    /// <summary>Calls whose first attempt began.</summary>
    [Id(0)] public long Calls { get; init; }

    /// <summary>How long all attempts took, pauses included, milliseconds.</summary>
    [Id(1)] public long Milliseconds { get; init; }

    /// <summary>What attempts wrote to their output, bytes that were not kept included.</summary>
    [Id(2)] public long OutputBytes { get; init; }

    /// <summary>What attempts published as pictures and files.</summary>
    [Id(3)] public long PublishedBytes { get; init; }

    /// <summary>What the calls cost by the configured prices.</summary>
    [Id(4)] public decimal Money { get; init; }

    /// <summary>Attempts after a call's first.</summary>
    [Id(5)] public long Retries { get; init; }

    /// <summary>Attempts that failed or ran out of time.</summary>
    [Id(6)] public long Failures { get; init; }

    /// <summary>Calls whose result was that of an earlier equal one.</summary>
    [Id(7)] public long Cached { get; init; }

    /// <summary>Calls to services outside.</summary>
    [Id(8)] public long ApiCalls { get; init; }

    /// <summary>Processor time of processes, milliseconds.</summary>
    [Id(9)] public long CpuMs { get; init; }

    /// <summary>The sum of the attempts' peaks of memory, bytes.</summary>
    [Id(10)] public long PeakMemoryBytes { get; init; }

    /// <summary>The largest of these peaks.</summary>
    [Id(11)] public long LargestPeakBytes { get; init; }

    /// <summary>Bytes that tools themselves, not their processes, took in from services and files.</summary>
    [Id(12)] public long BytesIn { get; init; }

    /// <summary>Bytes that they gave out to them.</summary>
    [Id(13)] public long BytesOut { get; init; }

    /// <summary>What the quota <c>bytes</c> counts.</summary>
    [JsonIgnore]
    public long Bytes => OutputBytes + PublishedBytes;

    /// <summary>Both together.</summary>
    public static UsageFigures operator +(UsageFigures left, UsageFigures right)
    {
        ArgumentNullException.ThrowIfNull(left);
        return left.Add(right);
    }

    /// <summary>Both together.</summary>
    public UsageFigures Add(UsageFigures other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new()
        {
            Calls = Calls + other.Calls,
            Milliseconds = Milliseconds + other.Milliseconds,
            OutputBytes = OutputBytes + other.OutputBytes,
            PublishedBytes = PublishedBytes + other.PublishedBytes,
            Money = Money + other.Money,
            Retries = Retries + other.Retries,
            Failures = Failures + other.Failures,
            Cached = Cached + other.Cached,
            ApiCalls = ApiCalls + other.ApiCalls,
            CpuMs = CpuMs + other.CpuMs,
            PeakMemoryBytes = PeakMemoryBytes + other.PeakMemoryBytes,
            LargestPeakBytes = Math.Max(LargestPeakBytes, other.LargestPeakBytes),
            BytesIn = BytesIn + other.BytesIn,
            BytesOut = BytesOut + other.BytesOut,
        };
    }
}

/// <summary>What one tool's calls used on one day (UTC).</summary>
[GenerateSerializer, Immutable, Alias("toolruntime.UsageRow")]
public sealed record UsageRow(DateOnly Day, string Tool, UsageFigures Figures);
